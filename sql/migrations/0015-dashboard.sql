-- 0015-dashboard.sql: who is in the gym now, and who stays away
--
-- cmp_inside_minutes: for so long after a touch a member counts as being in the
-- gym; 0: nobody is told.  cmp_absent_days: for so long without a touch a
-- member counts as absent.
ALTER TABLE mst_companies
  ADD COLUMN cmp_inside_minutes SMALLINT UNSIGNED NOT NULL DEFAULT 90,
  ADD COLUMN cmp_absent_days SMALLINT UNSIGNED NOT NULL DEFAULT 14;

-- The last day on which a member is known to have come, or joined: never later
-- than the truth, so that the longest absent stand first in the key and only
-- they are looked at (gym/follow_up.c).  It is set right as they are.
ALTER TABLE mst_members_lists
  ADD COLUMN mbr_seen_date DATE NOT NULL DEFAULT '1000-01-01',
  ADD KEY mbr_seen (mbr_compcode, mbr_state, mbr_seen_date, mbr_branch_id);

-- Who it was, too: who is in the gym is counted from the key alone.
ALTER TABLE trn_member_attendances
  DROP KEY att_day,
  ADD KEY att_day (att_compcode, att_punch_date, att_punch_time, att_status,
    att_branch_id, att_corrects_id, att_member_id);
