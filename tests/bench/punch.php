<?php
// punch.php: a punch answered by a script under PHP-FPM as the workers answer
// it: by their own two statements, one read and one row on the unique minute;
// of the rule only the days that are paid for, and freezes
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

// The connection stays, as a worker's does; what is prepared on it cannot.
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

// A statement of sql/queries.sql; its text is in the file that STATEMENTS names.
function run(mysqli $db, string $name, array $values): mysqli_result|bool
{
	static $texts = null;
	$texts ??= require getenv('STATEMENTS');
	return $db->execute_query($texts[$name], $values);
}

function context(mysqli $db, string $token, array $p): ?array
{
	['device_sn' => $sn, 'user_id' => $user, 'timestamp' => $time] = $p;
	$row = run($db, 'intake_context', [$sn, $sn, $user, $time, $time, $sn,
	    $user, $time, $time, hash('sha256', $token)])->fetch_row();
	return $row ? array_combine(['company', 'token_sn', 'device', 'branch',
	    'start', 'zone', 'member', 'subscriptions', 'freezes', 'let_in',
	    'touches', 'rules', 'is_exit', 'inbox', 'state'], $row) : null;
}

// Days stand in pairs, what else there is to them behind a comma.
function covers(string $pair, string $day): bool
{
	return substr($pair, 0, 10) <= $day && $day <= substr($pair, 10, 10);
}

function why_not(array $c, string $day): ?string
{
	foreach (str_split((string)$c['freezes'], 21) as $rest) {
		if (covers(substr($rest, 1), $day))
			return 'Membership frozen';
	}
	foreach (explode(';', (string)$c['subscriptions']) as $pair) {
		if (covers($pair, $day))
			return null;
	}
	return 'Subscription expired';
}

function store(mysqli $db, array $c, array $p, ?string $reason): bool
{
	try {
		run($db, 'attendance_add', [$c['company'], $c['branch'],
		    $c['member'], $p['user_id'], $p['device_sn'],
		    $p['timestamp'], $reason ? 'DENIED' : 'ALLOWED', $reason,
		    null, 'TERMINAL', null, null, 1,
		    gmdate('Y-m-d H:i:s')]);
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
if ($context['company'] !== $punch['compcode'] || $context['device'] === null)
	refuse(403, 'Not yours');
if ($context['member'] === null)
	refuse(404, 'Biometric user not mapped');
$reason = why_not($context, substr($punch['timestamp'], 0, 10));
if (!store($db, $context, $punch, $reason))
	answer(200, ['status' => true, 'message' => 'Duplicate ignored']);
answer(200, ['status' => true, 'access' => $reason ? 'DENIED' : 'ALLOWED']);
