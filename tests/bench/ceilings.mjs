// ceilings.mjs: what Gymgate is held against, each behind an nginx that is
// configured as its own: minimal workers with a fixed answer (F) and with one
// durable row (D), and a script under PHP-FPM, where that is installed
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { REPO } from '../stack/stack.mjs';
import { accepts, freePort } from '../stack/wait.mjs';

const CEILING = `${REPO}/build/tests/bin/ceiling`;

// Starts `argv`, which is to listen on its SOCKET, and an nginx before it.
// Resolves to { url, nginx, web }, as programs of the stack.
async function front(stack, name, { argv, env = {}, more = '' }) {
	const run = `${stack.sockets}/${name}`;
	const socket = `${run}/web.sock`;
	const port = await freePort();

	for (const part of ['', '/log', '/nginx'])
		fs.mkdirSync(`${run}${part}`, { mode: 0o700 });
	const web = await stack.run({ name, argv: argv(socket, run), env:
	    { ...stack.env, ...env }, ready: () => accepts(socket) });
	const nginx = await stack.runNginx({ name: `nginx-${name}`, run, port,
	    more, ready: () => accepts(port) });
	return { url: `http://127.0.0.1:${port}`, nginx, web };
}

export const fixedFront = (stack, workers) => front(stack, 'fixed',
    { argv: socket => [CEILING, socket, String(workers)] });

// The table has the keys and checks of attendance; its foreign keys not.
export async function insertFront(stack, workers) {
	const { name, password } = stack.migrator;

	await stack.sql('CREATE TABLE bench_ceiling LIKE trn_member_attendances');
	return front(stack, 'insert', { argv: socket => [CEILING, socket,
	    String(workers), stack.db.socket, stack.schema, name],
	    env: { MYSQL_PWD: password } });
}

// ---- PHP -----------------------------------------------------------------

function findPhp() {
	for (const dir of process.env.PATH.split(':')) {
		const found = fs.existsSync(dir) && fs.readdirSync(dir).find(
		    name => /^php-fpm[\d.]*$/.test(name));
		if (found)
			return path.join(dir, found);
	}
	return null;
}

const phpConf = (socket, run, workers, env) => `[global]
error_log = ${run}/log/php.log
daemonize = no
[punch]
listen = ${socket}
listen.backlog = 1024
user = ${os.userInfo().username}
pm = static
pm.max_children = ${workers}
clear_env = no
php_admin_flag[opcache.enable] = on
php_admin_flag[opcache.validate_timestamps] = off
${Object.entries(env).map(([name, value]) => `env[${name}] = "${value}"`)
    .join('\n')}
`;

// The workers' own statements, as PHP has its texts.
function statements() {
	const all = fs.readFileSync(`${REPO}/sql/queries.sql`, 'utf8');
	const text = name => all.match(new RegExp(
	    `^-- name: ${name}\\b.*\\n(?:--.*\\n)*([^]*?);\\n\\n`, 'm'))[1];
	const row = name => `'${name}' => '${text(name)
	    .replace(/['\\]/g, '\\$&')}',\n`;
	return `<?php return [${['intake_context', 'attendance_add']
	    .map(row).join('')}];\n`;
}

// null: there is no PHP-FPM with mysqli here.
export async function phpFront(stack, workers) {
	const php = findPhp();
	const { name, password } = stack.migrator;

	if (!php)
		return null;
	return front(stack, 'php', {
	    more: `fastcgi_param SCRIPT_FILENAME ${REPO}/tests/bench/punch.php;`,
	    argv: (socket, run) => {
		const file = `${run}/statements.php`;
		fs.writeFileSync(file, statements());
		fs.writeFileSync(`${run}/php.conf`, phpConf(socket, run, workers,
		    { DB_SOCKET: stack.db.socket, DB_SCHEMA: stack.schema,
		    DB_USER: name, DB_PASSWORD: password,
		    STATEMENTS: file }), { mode: 0o600 });
		return [php, '-R', '-F', '-y', `${run}/php.conf`];
	    } });
}
