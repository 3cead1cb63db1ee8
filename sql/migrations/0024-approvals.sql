-- 0024-approvals.sql: a key by which what an owner agreed to long ago is found
ALTER TABLE trn_device_approvals
  ADD KEY dva_at (dva_at);
