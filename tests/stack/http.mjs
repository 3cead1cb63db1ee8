// http.mjs: one request, over TCP or as a CGI command
import { spawn } from 'node:child_process';
import http from 'node:http';

// Taken apart by hand: URL would tidy up what a test means to send.
function target(url) {
	const [, host, port, path] = url.match(/^http:\/\/([^:/]+):(\d+)(.*)$/);
	return { host, port, path: path || '/' };
}

// Sends exactly what it is given.  `body` is a string or bytes; a Readable
// is sent chunked.  Resolves to {status, headers, text, json}; `json` is
// undefined where the text is none.  Follows nothing, keeps no cookies.
export function request(url, { method = 'GET', headers = {}, body,
    timeout = 30000, agent } = {}) {
	return new Promise((done, fail) => {
		const req = http.request({ ...target(url), method, headers,
		    timeout, agent }, res => {
			const parts = [];
			res.on('data', part => parts.push(part));
			res.on('error', fail);
			res.on('end', () => done(answer(res.statusCode,
			    res.headers, Buffer.concat(parts))));
		});
		req.on('timeout', () =>
		    req.destroy(new Error(`no answer in ${timeout} ms`)));
		req.on('error', fail);
		if (body?.pipe)
			body.pipe(req);
		else
			req.end(body);
	});
}

export function answer(status, headers, bytes) {
	const text = bytes.toString();
	let json;
	try {
		json = JSON.parse(text);
	} catch {
		// a page
	}
	return { status, headers, text, bytes, json };
}

// Opens an event stream.  Resolves, once the answer's head is there, to
// {status, headers, events, ended, close()}; `events` grows: {event, data, id}.
// With `onEvent` each goes there instead; `onEnd` is told of the end.
export function stream(url, { headers = {}, onEvent, onEnd } = {}) {
	return new Promise((done, fail) => {
		const req = http.request({ ...target(url), headers: {
		    Accept: 'text/event-stream', ...headers } }, res => {
			const open = { status: res.statusCode,
			    headers: res.headers, events: [], ended: false,
			    close: () => req.destroy() };
			const take = onEvent ?? (found => open.events.push(found));
			let text = '';
			res.setEncoding('utf8');
			res.on('data', part => {
				const blocks = (text + part).split('\n\n');
				text = blocks.pop();
				blocks.map(event).filter(Boolean).forEach(take);
			});
			res.on('error', () => {});
			res.on('close', () => {
				open.ended = true;
				onEnd?.();
			});
			done(open);
		});
		req.on('error', fail);
		req.end();
	});
}

// One block of a stream; null for a comment, as a ping is.
function event(block) {
	const found = { event: 'message', data: [] };
	for (const line of block.split('\n')) {
		const [, name, value] = line.match(/^([^:]*): ?(.*)$/s) ?? [];
		if (name === 'data')
			found.data.push(value);
		else if (name)
			found[name] = value;
	}
	found.data = found.data.join('\n');
	return found.data || found.event !== 'message' ? found : null;
}

// Asks `argv` as a web server would a CGI program.
export function cgi(argv, target, { method = 'GET', headers = {}, body,
    env = {} } = {}) {
	const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(body);
	const vars = { GATEWAY_INTERFACE: 'CGI/1.1', HTTP_HOST: '127.0.0.1',
	    QUERY_STRING: target.split('?')[1] ?? '', REMOTE_ADDR: '127.0.0.1',
	    REQUEST_METHOD: method, REQUEST_URI: target,
	    SCRIPT_NAME: target.split('?')[0], SERVER_ADDR: '127.0.0.1',
	    SERVER_NAME: 'localhost', SERVER_PORT: '80',
	    SERVER_PROTOCOL: 'HTTP/1.1' };

	if (body !== undefined)
		vars.CONTENT_LENGTH = String(bytes.length);
	for (const [name, value] of Object.entries(headers)) {
		const key = name.toUpperCase().replace(/-/g, '_');
		vars[key === 'CONTENT_TYPE' ? key : `HTTP_${key}`] = value;
	}
	return new Promise((done, fail) => {
		const child = spawn(argv[0], argv.slice(1),
		    { env: { ...process.env, ...vars, ...env } });
		const out = [], err = [];
		child.stdout.on('data', part => out.push(part));
		child.stderr.on('data', part => err.push(part));
		child.stdin.on('error', () => {});	// it need not read it
		child.on('error', fail);
		child.on('close', (code, signal) => {
			const all = Buffer.concat(out).toString('latin1');
			const head = all.match(/^([\s\S]*?)\r?\n\r?\n/);
			if (code !== 0 || !head)
				return fail(new Error(`cgi: ${signal ?? code}: ` +
				    `${Buffer.concat(err)}${all}`));
			const got = {};
			for (const line of head[1].split(/\r?\n/)) {
				const colon = line.indexOf(':');
				const key = line.slice(0, colon).toLowerCase();
				const value = line.slice(colon + 1).trim();
				if (key === 'set-cookie')
					(got[key] ??= []).push(value);
				else
					got[key] = value;
			}
			done(answer(parseInt(got.status ?? '200', 10), got,
			    Buffer.concat(out).subarray(head[0].length)));
		});
		child.stdin.end(bytes);
	});
}
