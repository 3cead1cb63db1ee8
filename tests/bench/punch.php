<?php
// punch.php: a punch answered as a script under PHP-FPM would: one read, one
// row on the unique minute; of the rule only the days that are paid for
declare(strict_types=1);

function answer(int $status, array $body): never
{
	http_response_code($status);
	header('Content-Type: application/json');
	exit(json_encode($body));
}

function refuse(int $status, string $message): never
{
	answer($status, ['status' => false, 'message' => $message]);
}

// The connection stays, as a worker's does; nothing is prepared, which would
// be one more way to the database and back.
function database(): mysqli
{
	mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
	$db = mysqli_init();
	$db->real_connect('p:localhost', getenv('DB_USER'),
	    getenv('DB_PASSWORD'), getenv('DB_SCHEMA'), 0, getenv('DB_SOCKET'));
	return $db;
}

function punch(): array
{
	$punch = json_decode(file_get_contents('php://input'), true);
	if (!is_array($punch))
		refuse(400, 'Not JSON');
	foreach (['compcode', 'user_id', 'device_sn', 'timestamp'] as $name) {
		if (!is_string($punch[$name] ?? null) || $punch[$name] === '')
			refuse(422, "$name is missing");
	}
	$time = DateTimeImmutable::createFromFormat('!Y-m-d H:i:s',
	    $punch['timestamp']);
	if (!$time || !preg_match('/^[0-9A-Za-z]{1,24}$/D', $punch['user_id']) ||
	    strlen($punch['device_sn']) > 32)
		refuse(422, 'A field does not fit');
	return $punch;
}

// Token, terminal, mapping and what is paid for.
function context(mysqli $db, string $token, array $p): ?array
{
	$q = fn(string $s) => "'" . $db->real_escape_string($s) . "'";
	[$sn, $user, $time] = [$q($p['device_sn']), $q($p['user_id']),
	    $q($p['timestamp'])];
	return $db->query("
	    SELECT t.tok_compcode AS company, t.tok_device_sn AS sn, d.id,
	           d.dev_branch_id AS branch, d.dev_start AS start,
	           m.mbm_member_id AS member,
	           (SELECT GROUP_CONCAT(CONCAT(ms_start_date, ms_end_date))
	              FROM trn_member_subscriptions
	             WHERE ms_compcode = t.tok_compcode AND
	                   ms_member_id = m.mbm_member_id AND
	                   ms_status = 'ACTIVE') AS paid
	      FROM mst_api_tokens t
	      LEFT JOIN mst_devices d ON d.dev_compcode = t.tok_compcode
	       AND d.dev_open_sn = $sn
	      LEFT JOIN trn_member_biometric_mappings m
	        ON m.mbm_compcode = t.tok_compcode AND m.mbm_device_sn = $sn
	       AND m.mbm_device_user_id = $user AND m.mbm_from <= $time
	       AND (m.mbm_to IS NULL OR m.mbm_to > $time)
	     WHERE t.tok_hash = " . $q(hash('sha256', $token)) . "
	       AND t.tok_revoked_at IS NULL LIMIT 1")->fetch_assoc();
}

function is_paid(string $paid, string $day): bool
{
	foreach ($paid === '' ? [] : explode(',', $paid) as $span) {
		if (substr($span, 0, 10) <= $day && $day <= substr($span, 10))
			return true;
	}
	return false;
}

function store(mysqli $db, array $c, array $p, bool $allowed): bool
{
	$q = fn(string $s) => "'" . $db->real_escape_string($s) . "'";
	$values = [$q($c['company']), $c['branch'], $c['member'],
	    $q($p['user_id']), $q($p['device_sn']), $q($p['timestamp']),
	    $allowed ? "'ALLOWED', NULL" : "'DENIED', 'Subscription expired'",
	    1, 'UTC_TIMESTAMP(3)'];
	try {
		$db->query('INSERT INTO trn_member_attendances (att_compcode,
		    att_branch_id, att_member_id, att_device_user_id,
		    att_device_sn, att_punch_time, att_status, att_reason,
		    att_is_late, att_received_at) VALUES (' .
		    implode(', ', $values) . ')');
	} catch (mysqli_sql_exception $e) {
		if ($e->getCode() === 1062)
			return false;
		throw $e;
	}
	return true;
}

if (!preg_match('/^Bearer (\S+)$/', $_SERVER['HTTP_AUTHORIZATION'] ?? '', $m))
	refuse(401, 'A token is needed');
$punch = punch();
$db = database();
$context = context($db, $m[1], $punch);
if ($context === null)
	refuse(401, 'A token is needed');
if ($context['company'] !== $punch['compcode'] || $context['id'] === null)
	refuse(403, 'Not yours');
if ($context['member'] === null)
	refuse(404, 'Biometric user not mapped');
$allowed = is_paid((string)$context['paid'],
    substr($punch['timestamp'], 0, 10));
if (!store($db, $context, $punch, $allowed))
	answer(200, ['status' => true, 'message' => 'Duplicate ignored']);
answer(200, ['status' => true, 'access' => $allowed ? 'ALLOWED' : 'DENIED']);
