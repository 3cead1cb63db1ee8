-- 0009-attendance-list.sql: punches of many days in the order of their times
--
-- att_corrects_id is NULL for a punch itself, so the key of corrections is also
-- the one of all punches by time: a page of them is read from its end, however
-- many days it is asked for.
ALTER TABLE trn_member_attendances
  DROP KEY att_corrects,
  ADD KEY att_corrects (att_compcode, att_corrects_id, att_punch_time, att_status);
