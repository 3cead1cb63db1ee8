-- 0021-message-rules.sql: since when a reminder is on, and how each was sent
--
-- mrl_on_at: what was due before it was switched on is not sent late; NULL: it
-- was on always.  msg_template, msg_language: of the last try, for the service
-- may complain of them when the rule has others by then.
ALTER TABLE mst_message_rules
  ADD COLUMN mrl_on_at DATETIME(3) NULL AFTER mrl_is_on;

ALTER TABLE trn_messages
  ADD COLUMN msg_template VARCHAR(120) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN msg_language VARCHAR(15) CHARACTER SET ascii COLLATE ascii_bin NULL,
  -- both counts of a day are read from a key alone
  DROP KEY msg_sent,
  ADD KEY msg_sent (msg_compcode, msg_sent_at, msg_is_by_hand),
  ADD KEY msg_created (msg_compcode, msg_created_at, msg_serial);
