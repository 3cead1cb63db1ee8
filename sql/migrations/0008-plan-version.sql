-- 0008-plan-version.sql: two people who change one plan: the second is told
ALTER TABLE mst_membership_plans
  ADD COLUMN plan_version INT UNSIGNED NOT NULL DEFAULT 1 AFTER plan_status;
