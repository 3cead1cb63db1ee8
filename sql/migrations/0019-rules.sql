-- 0019-rules.sql: who edits a gym's rules has seen which ones
--
-- Apart from cmp_version, so that two owners at different settings do not
-- stand in each other's way.
ALTER TABLE mst_companies
  ADD COLUMN cmp_rules_version INT UNSIGNED NOT NULL DEFAULT 1;
