"""The peer of `benches/import.sh`: DuckDB reads the same CSV, applies the rules that need one row, finds
duplicates and large changes, and writes Parquet. It names no row's trouble in words and knows no code lists,
so it does less; two threads like ours.

usage: import_duckdb.py FILE.csv
"""
import sys
import time

import duckdb

source = sys.argv[1]
connection = duckdb.connect()
connection.execute("set threads to 2")
started = time.monotonic()
connection.execute(
    f"""
    copy (
        with rows as (select *, row_number() over () + 1 as _row from read_csv('{source}', all_varchar = false,
                types = {{'enterprise_id': 'VARCHAR', 'activity': 'VARCHAR', 'region': 'VARCHAR', 'holding_id': 'VARCHAR'}})),
        judged as (select *,
            not coalesce(persons_engaged between 1 and 500000, true) as r01,
            coalesce(persons_engaged_male < 0, false) as r02,
            coalesce(persons_engaged_female < 0, false) as r03,
            coalesce(abs(persons_engaged - persons_engaged_male - persons_engaged_female) > 0.5, false) as r04,
            coalesce(abs(output - intermediate_inputs - labour_cost - depreciation - interest
                - taxes_on_production - operating_profit) > greatest(1, 0.01 * abs(output)), false) as r05,
            not coalesce(hours_worked / nullif(persons_engaged, 0) between 100 and 4500, true) as r06,
            coalesce(output / nullif(turnover, 0) > 1.5, false) as r07,
            coalesce(energy > intermediate_inputs, false) as r08,
            not coalesce(labour_cost / nullif(persons_engaged, 0) between 500 and 2000000, true) as r09,
            not coalesce(weight between 1 and 10000, true) as r12,
            coalesce(fixed_assets / nullif(output, 0) > 100, false) as r13,
            coalesce(turnover < 0, false) as r16, coalesce(output < 0, false) as r17,
            coalesce(intermediate_inputs < 0, false) as r18,
            coalesce(intermediate_inputs / nullif(output, 0) > 3, false) as r19,
            count(*) over (partition by enterprise_id, year) > 1 as r15,
            turnover / nullif(lag(turnover) over (partition by enterprise_id order by year), 0) as change,
            turnover / nullif(persons_engaged, 0) as per_person
            from rows),
        medians as (select activity[1:2] as division, median(per_person) as median from judged group by 1)
        select judged.*, not coalesce(per_person / median between 0.01 and 100, true) as r11
        from judged join medians on activity[1:2] = division
    ) to '{source}.duckdb.parquet' (format parquet, compression zstd)
    """
)
seconds = time.monotonic() - started
rows = connection.execute(f"select count(*) from '{source}.duckdb.parquet'").fetchone()[0]
print(f"peer: DuckDB {duckdb.__version__}, {rows} rows, {seconds:.2f} s, {rows / seconds:.0f} rows/s")
