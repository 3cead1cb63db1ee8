-- demo.sql: a small gym in New Delhi, with a few weeks of punches
--
-- For a database that has just been migrated; holds no user and no token.
-- Everything lies relative to the day it is loaded, but for the members of
-- the article: 42 (always active since 2026-01-01), 43 (expired on
-- 2026-02-28) and 99 (nobody).

SET NAMES utf8mb4;
SET @now_at = UTC_TIMESTAMP(3);
SET @now = CAST(@now_at AS DATETIME) + INTERVAL 330 MINUTE;   -- Asia/Kolkata
SET @today = DATE(@now);
SET @sn = 'CRT5200-SN001';

INSERT INTO mst_companies (cmp_compcode, cmp_name, cmp_currency, cmp_created_at)
VALUES ('SF', 'Spine Fitness', 'INR', @now_at);

INSERT INTO mst_branches (brn_compcode, id, brn_name, brn_zone, brn_created_at)
VALUES ('SF', 1, 'New Delhi', 'Asia/Kolkata', @now_at);

INSERT INTO mst_devices (dev_compcode, id, dev_sn, dev_branch_id, dev_name, dev_start, dev_from_at)
VALUES ('SF', 1, @sn, 1, 'Front door', '2020-01-01', @now_at);

INSERT INTO mst_membership_plans (plan_compcode, id, plan_name, plan_days, plan_price, plan_created_at) VALUES
('SF', 1, 'Monthly',     30,  150000, @now_at),
('SF', 2, 'Quarterly',   90,  400000, @now_at),
('SF', 3, 'Half-yearly', 180, 720000, @now_at),
('SF', 4, 'Yearly',      365, 1200000, @now_at);

-- Ten visits within two months; and the quiet hours of working days.
INSERT INTO mst_membership_plans (plan_compcode, id, plan_name, plan_days, plan_visits, plan_hours, plan_price, plan_created_at) VALUES
('SF', 5, 'Ten visits',  60,  10,   NULL,         200000, @now_at),
('SF', 6, 'Off-peak',    30,  NULL, '1f10001600', 100000, @now_at);

-- The member's id is also the number at the terminal.
INSERT INTO mst_members_lists (mbr_compcode, id, mbr_branch_id, mbr_code, mbr_name, mbr_phone, mbr_joined_date, mbr_created_at) VALUES
('SF', 1,  1, 'SF-001', 'Aarav Gupta',        '+919810000001', @today - INTERVAL 400 DAY, @now_at),
('SF', 2,  1, 'SF-002', 'Aditi Verma',        '+919810000002', @today - INTERVAL 390 DAY, @now_at),
('SF', 3,  1, 'SF-003', 'Ajay Chauhan',       '+919810000003', @today - INTERVAL 380 DAY, @now_at),
('SF', 4,  1, 'SF-004', 'Amrita Singh',       '+919810000004', @today - INTERVAL 370 DAY, @now_at),
('SF', 5,  1, 'SF-005', 'Anil Kapoor',        '+919810000005', @today - INTERVAL 360 DAY, @now_at),
('SF', 6,  1, 'SF-006', 'Anjali Mehta',       '+919810000006', @today - INTERVAL 350 DAY, @now_at),
('SF', 7,  1, 'SF-007', 'Arjun Malhotra',     '+919810000007', @today - INTERVAL 340 DAY, @now_at),
('SF', 8,  1, 'SF-008', 'Asha Rao',           '+919810000008', @today - INTERVAL 330 DAY, @now_at),
('SF', 9,  1, 'SF-009', 'Bhavna Joshi',       '+919810000009', @today - INTERVAL 320 DAY, @now_at),
('SF', 10, 1, 'SF-010', 'Chetan Bhatia',      '+919810000010', @today - INTERVAL 310 DAY, @now_at),
('SF', 11, 1, 'SF-011', 'Deepak Yadav',       '+919810000011', @today - INTERVAL 300 DAY, @now_at),
('SF', 12, 1, 'SF-012', 'Divya Nair',         '+919810000012', @today - INTERVAL 290 DAY, @now_at),
('SF', 13, 1, 'SF-013', 'Farhan Khan',        '+919810000013', @today - INTERVAL 280 DAY, @now_at),
('SF', 14, 1, 'SF-014', 'Gaurav Saxena',      '+919810000014', @today - INTERVAL 270 DAY, @now_at),
('SF', 15, 1, 'SF-015', 'Harpreet Kaur',      '+919810000015', @today - INTERVAL 260 DAY, @now_at),
('SF', 16, 1, 'SF-016', 'Isha Agarwal',       '+919810000016', @today - INTERVAL 250 DAY, @now_at),
('SF', 17, 1, 'SF-017', 'Jatin Arora',        '+919810000017', @today - INTERVAL 240 DAY, @now_at),
('SF', 18, 1, 'SF-018', 'Kavita Reddy',       '+919810000018', @today - INTERVAL 230 DAY, @now_at),
('SF', 19, 1, 'SF-019', 'Kunal Bansal',       '+919810000019', @today - INTERVAL 220 DAY, @now_at),
('SF', 20, 1, 'SF-020', 'Lakshmi Iyer',       '+919810000020', @today - INTERVAL 210 DAY, @now_at),
('SF', 21, 1, 'SF-021', 'Manish Tiwari',      '+919810000021', @today - INTERVAL 200 DAY, @now_at),
('SF', 22, 1, 'SF-022', 'Meera Pillai',       '+919810000022', @today - INTERVAL 190 DAY, @now_at),
('SF', 23, 1, 'SF-023', 'Mohit Sethi',        '+919810000023', @today - INTERVAL 180 DAY, @now_at),
('SF', 24, 1, 'SF-024', 'Neha Kulkarni',      '+919810000024', @today - INTERVAL 170 DAY, @now_at),
('SF', 25, 1, 'SF-025', 'Nikhil Das',         '+919810000025', @today - INTERVAL 160 DAY, @now_at),
('SF', 26, 1, 'SF-026', 'Pooja Mishra',       '+919810000026', @today - INTERVAL 150 DAY, @now_at),
('SF', 27, 1, 'SF-027', 'Pranav Desai',       '+919810000027', @today - INTERVAL 140 DAY, @now_at),
('SF', 28, 1, 'SF-028', 'Priya Menon',        '+919810000028', @today - INTERVAL 130 DAY, @now_at),
('SF', 29, 1, 'SF-029', 'Rakesh Thakur',      '+919810000029', @today - INTERVAL 120 DAY, @now_at),
('SF', 30, 1, 'SF-030', 'Ritu Khanna',        '+919810000030', @today - INTERVAL 110 DAY, @now_at),
('SF', 31, 1, 'SF-031', 'Rohan Sinha',        '+919810000031', @today - INTERVAL 100 DAY, @now_at),
('SF', 32, 1, 'SF-032', 'Sandeep Gill',       '+919810000032', @today - INTERVAL 90 DAY, @now_at),
('SF', 33, 1, 'SF-033', 'Shreya Ghosh',       '+919810000033', @today - INTERVAL 80 DAY, @now_at),
('SF', 34, 1, 'SF-034', 'Simran Bedi',        '+919810000034', @today - INTERVAL 70 DAY, @now_at),
('SF', 35, 1, 'SF-035', 'Suresh Patil',       '+919810000035', @today - INTERVAL 60 DAY, @now_at),
('SF', 36, 1, 'SF-036', 'Tanvi Shah',         '+919810000036', @today - INTERVAL 50 DAY, @now_at),
('SF', 37, 1, 'SF-037', 'Varun Chopra',       '+919810000037', @today - INTERVAL 45 DAY, @now_at),
('SF', 38, 1, 'SF-038', 'Vidya Krishnan',     '+919810000038', @today - INTERVAL 40 DAY, @now_at),
('SF', 39, 1, 'SF-039', 'Yash Oberoi',        '+919810000039', @today - INTERVAL 35 DAY, @now_at),
('SF', 40, 1, 'SF-040', 'Zoya Ansari',        '+919810000040', @today - INTERVAL 30 DAY, @now_at),
('SF', 42, 1, 'SF-042', 'Rahul Sharma',       '+919810000042', '2026-01-01', @now_at),
('SF', 43, 1, 'SF-043', 'Vikram Nanda',       '+919810000043', '2025-12-01', @now_at);

-- 42: two subscriptions without a gap between them, the second still running;
-- 43: ended for good.
INSERT INTO trn_member_subscriptions (ms_compcode, ms_member_id, ms_plan_id, ms_start_date, ms_end_date, ms_amount, ms_created_at) VALUES
('SF', 42, 3, '2026-01-01', '2026-06-30', 720000, @now_at),
('SF', 42, 4, '2026-07-01', GREATEST(@today, DATE('2026-07-01')) + INTERVAL 200 DAY, 1200000, @now_at),
('SF', 43, 2, '2025-12-01', '2026-02-28', 400000, @now_at);

-- Everybody has had one subscription that ended three weeks ago or so ...
INSERT INTO trn_member_subscriptions (ms_compcode, ms_member_id, ms_plan_id, ms_start_date, ms_end_date, ms_amount, ms_created_at)
SELECT 'SF', id, 2, mbr_joined_date, @today - INTERVAL (18 + id % 7) DAY, 400000, @now_at
  FROM mst_members_lists
 WHERE mbr_compcode = 'SF' AND id <= 40
   AND mbr_joined_date < @today - INTERVAL 30 DAY;

-- ... most have renewed from the next day on, some of them only until this
-- week; 7 of them (11, 17, 22, 29, 33, 38, 40) have not.
INSERT INTO trn_member_subscriptions (ms_compcode, ms_member_id, ms_plan_id, ms_start_date, ms_end_date, ms_amount, ms_created_at)
SELECT 'SF', id, IF(id % 6 = 0, 1, 2),
       @today - INTERVAL (17 + id % 7) DAY,
       CASE WHEN id % 6 = 0 THEN @today + INTERVAL (id DIV 6) DAY
            ELSE @today + INTERVAL (20 + id * 3 % 50) DAY END,
       IF(id % 6 = 0, 150000, 400000), @now_at
  FROM mst_members_lists
 WHERE mbr_compcode = 'SF' AND id <= 40
   AND id NOT IN (11, 17, 22, 29, 33, 38, 40);

-- All of it was paid, but for three who still owe half of their last one.
INSERT INTO trn_payments (pay_compcode, pay_branch_id, pay_member_id, pay_subscription_id, pay_amount, pay_method, pay_reference, pay_date, pay_receipt_year, pay_receipt_no, pay_created_at)
SELECT 'SF', 1, ms_member_id, id,
       IF(ms_member_id IN (5, 21, 34) AND ms_start_date > @today - INTERVAL 30 DAY, ms_amount DIV 2, ms_amount),
       ELT(1 + id % 4, 'UPI', 'CASH', 'UPI', 'CARD'), IF(id % 2 = 0, CONCAT('4', LPAD(CRC32(id) % 100000000000, 11, '0')), ''),
       ms_start_date, YEAR(ms_start_date - INTERVAL 3 MONTH),
       ROW_NUMBER() OVER (PARTITION BY YEAR(ms_start_date - INTERVAL 3 MONTH) ORDER BY ms_start_date, id),
       ms_start_date + INTERVAL 6 HOUR
  FROM trn_member_subscriptions
 WHERE ms_compcode = 'SF' AND ms_start_date <= @today;

UPDATE trn_member_subscriptions
   SET ms_paid = (SELECT COALESCE(SUM(pay_amount), 0) FROM trn_payments
                   WHERE pay_compcode = ms_compcode AND pay_subscription_id = trn_member_subscriptions.id)
 WHERE ms_compcode = 'SF';

INSERT INTO trn_receipt_counters (rcc_compcode, rcc_year, rcc_last)
SELECT 'SF', pay_receipt_year, MAX(pay_receipt_no) FROM trn_payments
 WHERE pay_compcode = 'SF' GROUP BY pay_receipt_year;

-- Most have agreed to messages: whose membership ends within a week is reminded.
INSERT INTO trn_member_consents (cns_compcode, cns_member_id, cns_kind, cns_is_given, cns_at)
SELECT 'SF', id, 'MESSAGES', 1, mbr_joined_date + INTERVAL 6 HOUR
  FROM mst_members_lists
 WHERE mbr_compcode = 'SF' AND id <= 40 AND id % 5 <> 0 AND id % 8 <> 0;

INSERT INTO trn_member_freezes (frz_compcode, frz_member_id, frz_kind, frz_from, frz_to, frz_note, frz_created_at) VALUES
('SF', 14, 'FREEZE', @today - INTERVAL 3 DAY, @today + INTERVAL 10 DAY, 'Travelling', @now_at),
('SF', 26, 'INACTIVE', @today - INTERVAL 10 DAY, NULL, 'Moved away', @now_at);

INSERT INTO trn_member_biometric_mappings (mbm_compcode, mbm_device_sn, mbm_device_user_id, mbm_member_id, mbm_from, mbm_created_at)
SELECT 'SF', @sn, CAST(id AS CHAR), id, '2020-01-01 00:00:00', @now_at
  FROM mst_members_lists
 WHERE mbr_compcode = 'SF';

-- Four weeks of visits: who comes on which day and when is drawn from a hash,
-- so that the same day always looks the same.  The article's members keep
-- their own days free.
INSERT INTO trn_member_attendances (att_compcode, att_branch_id, att_member_id, att_device_user_id, att_device_sn, att_punch_time, att_status, att_reason, att_received_at)
WITH RECURSIVE days (n) AS (
  SELECT 0 UNION ALL SELECT n + 1 FROM days WHERE n < 27
), visits AS (
  SELECT m.id AS member,
         CAST(@today - INTERVAL d.n DAY AS DATETIME)
           + INTERVAL (CASE WHEN CRC32(CONCAT('when', m.id)) % 5 < 2 THEN 330 ELSE 1020 END
                       + CRC32(CONCAT('minute', m.id, d.n)) % 180) MINUTE
           + INTERVAL CRC32(CONCAT('second', m.id, d.n)) % 60 SECOND AS at_time
    FROM mst_members_lists m JOIN days d
   WHERE m.mbr_compcode = 'SF' AND m.id <= 40 AND m.id NOT IN (14, 26)
     AND m.mbr_joined_date <= @today - INTERVAL d.n DAY
     AND CRC32(CONCAT('visit', m.id, d.n)) % 7 <
         CASE WHEN m.id IN (11, 17, 22, 29, 33, 38, 40) AND d.n < 15 THEN 1 ELSE 4 END
)
SELECT 'SF', 1, member, CAST(member AS CHAR), @sn, at_time,
       IF(covered, 'ALLOWED', 'DENIED'),
       IF(covered, NULL, IF(had_one, 'Subscription expired', 'No subscription')),
       at_time - INTERVAL 330 MINUTE
  FROM (SELECT member, at_time,
               EXISTS (SELECT 1 FROM trn_member_subscriptions
                        WHERE ms_compcode = 'SF' AND ms_member_id = member
                          AND DATE(at_time) BETWEEN ms_start_date AND ms_end_date) AS covered,
               EXISTS (SELECT 1 FROM trn_member_subscriptions
                        WHERE ms_compcode = 'SF' AND ms_member_id = member) AS had_one
          FROM visits) judged
 WHERE at_time < @now - INTERVAL 1 HOUR;

-- The last hour is never empty, whenever the demo is loaded.
INSERT INTO trn_member_attendances (att_compcode, att_branch_id, att_member_id, att_device_user_id, att_device_sn, att_punch_time, att_status, att_reason, att_received_at)
SELECT 'SF', 1, id, CAST(id AS CHAR), @sn, @now - INTERVAL minutes_ago MINUTE,
       IF(id = 29, 'DENIED', 'ALLOWED'), IF(id = 29, 'Subscription expired', NULL),
       @now_at - INTERVAL minutes_ago MINUTE
  FROM (SELECT 8 AS id, 3 AS minutes_ago UNION ALL SELECT 20, 9 UNION ALL SELECT 29, 14
        UNION ALL SELECT 3, 22 UNION ALL SELECT 31, 31 UNION ALL SELECT 12, 47) recent;

INSERT INTO trn_punch_inbox (pin_compcode, pin_branch_id, pin_device_sn, pin_device_user_id, pin_punch_time, pin_state, pin_received_at) VALUES
('SF', 1, @sn, '61', @now - INTERVAL 26 HOUR, 'UNMAPPED', @now_at - INTERVAL 26 HOUR),
('SF', 1, @sn, '61', @now - INTERVAL 18 MINUTE, 'UNMAPPED', @now_at - INTERVAL 18 MINUTE);
