-- 0016-report-plans.sql: all subscriptions of a gym, with their plans, from a key
--
-- The report on members reads them in the order of this key; with the plan in
-- it no row need be looked up.
ALTER TABLE trn_member_subscriptions
  DROP KEY ms_member,
  ADD KEY ms_member (ms_compcode, ms_member_id, ms_status, ms_start_date, ms_end_date,
    ms_branch_id, ms_plan_id);
