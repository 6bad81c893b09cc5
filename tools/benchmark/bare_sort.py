"""What Polars alone takes to sort a survey and write it again, with no checks.

python bare_sort.py SURVEY COPY
"""

import sys

import polars as pl

columns = ("node_id", "node_name", "province", "model", "cards", "status")
survey = pl.scan_csv(sys.argv[1], schema=dict.fromkeys(columns, pl.String))
survey.sort("node_id", "model").sink_csv(sys.argv[2])
