/* ---
name: insights.dim_decile
description: The buckets that people are ranked into; 0 stands for those without one.
grain: one row per bucket
key: [bucket]
role: dimension
publish: aggregate
columns:
  bucket: 1 is best; 0 for people without one (inactive, too small a group, not known yet)
  label: As charts show it
  is_ranked: Whether it is a rank
--- */
select 0 as bucket, 'none' as label, false as is_ranked
union all
select bucket::integer, bucket::varchar, true
from (
  select unnest(range(1, 1 + greatest(
    (select coalesce(max(bucket), 0) from derived.decile_snapshots),
    (select coalesce(max(bucket_at_send), 0) from activation.sends)
  ))) as bucket
)
