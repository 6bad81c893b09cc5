"""What Polars alone takes: scan, join and group-by of a survey, with no checks.

python bare.py SURVEY CARDS
"""

import sys

import polars as pl

rates = pl.scan_csv(sys.argv[2]).select("model", pl.col("fp16_tflops").cast(pl.Float64))
supply = (
    pl.scan_csv(sys.argv[1])
    .filter(pl.col("status") == "in_service")
    .join(rates, on="model")
    .group_by("province")
    .agg((pl.col("cards") * pl.col("fp16_tflops")).sum())
    .collect(engine="streaming")
)
print(supply.height)
