"""The checks of `cci validate` on a sound survey, by DuckDB on as many threads as there are cores.

    python duck.py SURVEY CARDS PROVINCES

The survey is parsed once, into a table. Every rule is asked for by number only; where there are bad
rows, to find them would come on top.
"""

import os
import sys

import duckdb

survey, cards, provinces = sys.argv[1:]
columns = ("node_id", "node_name", "province", "model", "cards", "status")
types = ", ".join(f"'{name}': 'VARCHAR'" for name in columns)
clean = r"^(?:[^\s\p{C}](?:[^\p{C}\p{Zl}\p{Zp}]*[^\s\p{C}])?)?$"
whole = r"^(?:0|[1-9][0-9]{0,18})$"
statuses = "('in_service', 'under_construction', 'suspended', 'retired')"

base = duckdb.connect()
base.execute(f"set threads = {os.cpu_count() or 1}")
base.execute("create table provinces as select name from read_csv(?)", [provinces])
base.execute("create table cards as select model, fp16_tflops from read_csv(?)", [cards])
base.execute(
    f"create temp table nodes as select * from read_csv('{survey}', header = true, delim = ',', "  # noqa: S608
    f"auto_detect = false, columns = {{{types}}})"
)
asked = [
    f"""select count(*),
        count(*) filter (node_id is null or not regexp_matches(node_id, '{clean}')),
        count(*) filter (not regexp_matches(node_name, '{clean}')),
        count(*) filter (province is null or province not in (select name from provinces)),
        count(*) filter (model is null or model not in (select model from cards)),
        count(*) filter (cards is null or not regexp_matches(cards, '{whole}')
            or try_cast(cards as bigint) is null),
        count(*) filter (status is null or status not in {statuses})
    from nodes""",  # noqa: S608
    """select count(*) from
        (select 1 from nodes group by node_id, model having count(*) > 1)""",
    """select count(*), count(*) filter (first <> last) from
        (select min(province) as first, max(province) as last from nodes group by node_id)""",
    "select name from provinces where name not in (select province from nodes)",
    """select province, sum(cards::bigint * fp16_tflops) from nodes join cards using (model)
        where status = 'in_service' group by province""",
]
for query in asked:
    base.execute(query).fetchall()
