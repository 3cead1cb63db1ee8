// service.mjs: the WhatsApp Cloud API, as far as it is used: takes requests
// strictly, answers as it is told to, and tells of messages by signed events
//
//	const service = await FakeService.start({ templates: { ending: 3 } });
//	const stack = await Stack.start({ conf: service.conf() });
//	service.writeToken('SF');
//	service.hook(`${stack.url}/api/whatsapp/webhook`);
//	service.next({ error: 131026 }, { slow: 300 });	// then all is accepted
//	...
//	service.received, service.delivered, service.wrong
//	await service.tellAll('delivered');
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

// The errors that it may be asked for: [status, message].
const ERRORS = {
	0: [401, 'AuthException'], 1: [400, 'API Unknown'],
	2: [500, 'API Service'], 3: [403, 'API Method'],
	4: [400, 'API Too Many Calls'], 10: [403, 'Permission Denied'],
	100: [400, 'Invalid parameter'], 190: [401, 'Access token has expired'],
	200: [403, 'API Permission'], 368: [403, 'Temporarily blocked'],
	80007: [400, 'Rate limit issues'], 130429: [400, 'Rate limit hit'],
	130497: [400, 'Restricted from messaging users in this country'],
	131026: [400, 'Message undeliverable'], 131031: [403, 'Account locked'],
	131047: [400, 'Re-engagement message'], 131048: [400, 'Spam rate limit hit'],
	131049: [400, 'Not delivered to maintain healthy ecosystem engagement'],
	131050: [400, 'User has stopped receiving marketing messages'],
	131051: [400, 'Unsupported message type'], 131056: [400, 'Pair rate limit hit'],
	132000: [400, 'Template param count mismatch'],
	132001: [404, 'Template does not exist'],
	132012: [400, 'Template parameter format mismatch'],
	132015: [400, 'Template is paused'], 132016: [400, 'Template is disabled'],
	133016: [400, 'Account register rate limit exceeded'],
};

// What an error is as the service writes it.
export function errorOf(code, details = 'as it was ordered') {
	const [status, message] = ERRORS[code] ?? [400, 'Something went wrong'];
	return { status, body: { error: { message: `(#${code}) ${message}`,
	    type: 'OAuthException', code, error_data: {
	    messaging_product: 'whatsapp', details }, fbtrace_id: 'A1b2' } } };
}

const secret = () => crypto.randomBytes(18).toString('base64url');
const isObject = value => value !== null && typeof value === 'object' &&
    !Array.isArray(value);

export class FakeService {
	// phoneId, token, secret (of the app), verifyToken: made up unless given;
	// version ('v23.0'); templates: { name: number of parameters }, else any
	static async start(options = {}) {
		const service = new FakeService(options);
		await new Promise(done => service.server.listen(0, '127.0.0.1',
		    done));
		return service;
	}

	constructor(o) {
		Object.assign(this, { phoneId: String(crypto.randomInt(10 ** 12,
		    10 ** 13)), token: `EAA${secret()}`, secret: secret(),
		    verifyToken: secret(), version: 'v23.0', templates: null }, o);
		this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'gg-'));
		for (const [name, secret] of [['verify', this.verifyToken],
		    ['app-secret', this.secret]])
			fs.writeFileSync(`${this.dir}/${name}`, `${secret}\n`,
			    { mode: 0o600 });
		this.received = [];	// requests that were taken, or refused
				// though they were right
		this.wrong = [];	// complaints about those that were not
		this.delivered = new Map();	// id of a message: how often
		this.queue = [];	// what the next requests get
		this.orders = () => ({});	// ... and those behind them
		this.taken = new Map();	// wamid: the request that was accepted
		this.last = 0;
		this.server = http.createServer((req, res) =>
		    this.take(req, res));
		this.server.keepAliveTimeout = 60000;
	}

	get url() {
		return `http://127.0.0.1:${this.server.address().port}`;
	}

	// For Stack's option `conf`.
	conf() {
		return { whatsapp: { url: this.url, version: this.version,
		    tokens: `${this.dir}/token-`,
		    verify_token_file: `${this.dir}/verify`,
		    app_secret_file: `${this.dir}/app-secret` } };
	}

	tokenFile(company) { return `${this.dir}/token-${company}`; }

	// As who runs the site would: nobody else may read it.
	writeToken(company) {
		fs.writeFileSync(this.tokenFile(company), `${this.token}\n`,
		    { mode: 0o600 });
	}

	// What the next requests get, one each:
	//   { error: CODE }    refused, as the service words it
	//   { status: 500 }    taken, and answered without words
	//   { timeout: true }  taken, and never answered
	//   { drop: true }     taken, and cut off
	//   { refuse: true }   cut off before it was read
	//   { slow: MS }       taken after a while; also beside the others
	//   { until: PROMISE } taken, and answered when that is fulfilled
	//   { held: true }     taken, and held back for a look at its quality
	//   { garbage: true }  taken, and answered with what is no JSON
	next(...orders) { this.queue.push(...orders); }

	async stop() {
		this.server.closeAllConnections();
		await new Promise(done => this.server.close(done));
		fs.rmSync(this.dir, { recursive: true, force: true });
	}

	// ---- requests ------------------------------------------------------

	async take(req, res) {
		const order = this.queue.shift() ?? this.orders(req) ?? {};

		if (order.refuse)
			return req.socket.destroy();
		let text = '';
		try {
			for await (const piece of req.setEncoding('utf8'))
				text += piece;
		} catch {
			return;		// the sender was killed in the middle
		}
		const complaint = this.check(req, text);
		if (complaint) {
			this.wrong.push(complaint);
			return answer(res, errorOf(100, complaint));
		}
		const got = this.note(JSON.parse(text), order);
		if (order.slow)
			await new Promise(done => setTimeout(done, order.slow));
		await order.until;
		this.answer(got, order, req, res);
	}

	note(body, order) {
		const [component] = body.template.components ?? [];
		const got = { to: body.to, template: body.template.name,
		    language: body.template.language.code,
		    params: (component?.parameters ?? []).map(p => p.text),
		    names: (component?.parameters ?? []).map(p =>
		    p.parameter_name), ref: body.biz_opaque_callback_data,
		    wamid: `wamid.${Buffer.from(`${++this.last}:${
		    crypto.randomBytes(6).toString('hex')}`).toString('base64')}`,
		    at: Date.now(), isTaken: order.error === undefined };
		this.received.push(got);
		if (got.isTaken) {
			const id = Number(got.ref.split('-')[1]);
			this.delivered.set(id, (this.delivered.get(id) ?? 0) + 1);
			this.taken.set(got.wamid, got);
		}
		return got;
	}

	answer(got, order, req, res) {
		if (order.timeout)
			return;
		if (order.drop)
			return req.socket.destroy();
		if (order.error !== undefined)
			return answer(res, errorOf(order.error));
		if (order.garbage)
			return answer(res, { status: 200, body: '<html>Hello' });
		if (order.status)
			return answer(res, { status: order.status, body: '' });
		answer(res, { status: 200, body: { messaging_product: 'whatsapp',
		    contacts: [{ input: got.to, wa_id: got.to }],
		    messages: [{ id: got.wamid, message_status: order.held ?
		    'held_for_quality_assessment' : 'accepted' }] } });
	}

	// What is wrong with a request, or undefined.
	check(req, text) {
		const place = `/${this.version}/${this.phoneId}/messages`;

		if (req.method !== 'POST' || req.url !== place)
			return `${req.method} ${req.url}, not POST ${place}`;
		if (req.headers.authorization !== `Bearer ${this.token}`)
			return 'not our token';
		if (req.headers['content-type'] !== 'application/json')
			return `content type ${req.headers['content-type']}`;
		if (Number(req.headers['content-length']) !==
		    Buffer.byteLength(text))
			return 'content length';
		try {
			return this.checkBody(JSON.parse(text));
		} catch (e) {
			return `no JSON: ${e.message}`;
		}
	}

	checkBody(body) {
		return onlyKeys('the body', body, { messaging_product: 'whatsapp',
		    recipient_type: 'individual', to: /^[1-9][0-9]{6,14}$/,
		    type: 'template', template: isObject,
		    biz_opaque_callback_data: /^message-[1-9][0-9]*-[1-9][0-9]*$/ }) ??
		    this.checkTemplate(body.template);
	}

	checkTemplate(template) {
		const { components } = template;
		const fault = onlyKeys('template', template, {
		    name: /^[a-z0-9_]{1,512}$/, language: isObject,
		    ...components && { components: Array.isArray } }) ??
		    onlyKeys('language', template.language,
		    { code: /^[a-z]{2,3}(_[A-Z]{2})?$/ });
		const count = this.templates?.[template.name];

		if (fault)
			return fault;
		if (this.templates && count === undefined)
			return `no template ${template.name}`;
		if (components && components.length !== 1)
			return 'components';
		return components ? checkParameters(components[0], count) :
		    count ? 'parameters are missing' : undefined;
	}

	// ---- events --------------------------------------------------------

	// Where they go from now on.
	hook(url) { this.webhook = url; }

	// Sends a body, signed unless another signature is given; its answer.
	post(body, { signature, url = this.webhook } = {}) {
		const text = typeof body === 'string' ? body :
		    JSON.stringify(body);
		return fetch(url, { method: 'POST', body: text, headers: {
		    'Content-Type': 'application/json',
		    'X-Hub-Signature-256': signature ?? this.sign(text) } });
	}

	sign(text) {
		return `sha256=${crypto.createHmac('sha256', this.secret)
		    .update(text).digest('hex')}`;
	}

	// The body of an event; `value` holds statuses or messages.
	body(value, phoneId = this.phoneId) {
		return { object: 'whatsapp_business_account', entry: [{
		    id: '1029', changes: [{ field: 'messages', value: {
		    messaging_product: 'whatsapp', metadata: {
		    display_phone_number: '15550001111',
		    phone_number_id: phoneId }, ...value } }] }] };
	}

	// sent, delivered, read or failed (with `error`), of an entry of
	// `received`.
	status(got, status, { at = Date.now(), error } = {}) {
		return { id: got.wamid, status,
		    timestamp: String(Math.floor(at / 1000)),
		    recipient_id: got.to, biz_opaque_callback_data: got.ref,
		    ...error !== undefined && { errors: [{ code: error,
		    title: (ERRORS[error] ?? [])[1] ?? 'Odd',
		    message: 'as it was ordered', error_data: {
		    details: 'as it was ordered' } }] } };
	}

	event(got, status, more) {
		return this.post(this.body({ statuses: [
		    this.status(got, status, more)] }));
	}

	// Somebody writes to us; `from` as E.164.
	message(from, text, { at = Date.now(), button = false } = {}) {
		return this.post(this.body({
		    contacts: [{ profile: { name: 'X' }, wa_id: from.slice(1) }],
		    messages: [{ from: from.slice(1), id: `wamid.in${++this.last}`,
		    timestamp: String(Math.floor(at / 1000)), ...button ?
		    { type: 'button', button: { text, payload: text } } :
		    { type: 'text', text: { body: text } } }] }));
	}

	// Events about all that was taken, up to `status`, in any order, some
	// of them twice, a hundred in a body.
	async tellAll(status, random = Math.random) {
		const steps = ['sent', 'delivered', 'read'];
		const wanted = steps.slice(0, steps.indexOf(status) + 1);
		const all = [...this.taken.values()].flatMap(got =>
		    wanted.flatMap(s => random() < 0.2 ? [s, s] : [s])
		    .map(s => [random(), this.status(got, s)]))
		    .sort(([a], [b]) => a - b).map(([, event]) => event);

		for (let i = 0; i < all.length; i += 100) {
			const { status: code } = await this.post(this.body({
			    statuses: all.slice(i, i + 100) }));
			if (code !== 200)
				throw new Error(`the webhook answered ${code}`);
		}
	}
}

function answer(res, { status, body }) {
	res.writeHead(status, { 'Content-Type': 'application/json' });
	res.end(typeof body === 'string' ? body : JSON.stringify(body));
}

// Exactly these keys; each a text, a pattern of one, or a check.
function onlyKeys(what, object, keys) {
	if (!isObject(object))
		return `${what} is no object`;
	const odd = Object.keys(object).filter(key => !(key in keys));
	if (odd.length)
		return `${what} holds ${odd}`;
	const bad = Object.keys(keys).find(key => {
		const wanted = keys[key], value = object[key];
		return wanted instanceof RegExp ? typeof value !== 'string' ||
		    !wanted.test(value) : typeof wanted === 'function' ?
		    !wanted(value) : value !== wanted;
	});
	return bad && `${what}: ${bad} is ${JSON.stringify(object[bad])}`;
}

function checkParameters(component, count) {
	const fault = onlyKeys('component', component, { type: 'body',
	    parameters: Array.isArray });
	const { parameters } = component;

	if (fault)
		return fault;
	if (!parameters.length || (count ?? parameters.length) !==
	    parameters.length)
		return `${parameters.length} parameters`;
	const named = parameters.filter(p => 'parameter_name' in p).length;
	if (named !== 0 && named !== parameters.length)
		return 'some parameters have names';
	return parameters.map(p => onlyKeys('parameter', p, { type: 'text',
	    ...named && { parameter_name: /^[a-z_]+$/ },
	    // one line, without four blanks in a row
	    text: /^(?!.*    )[^\n\t\r]+$/ })).find(Boolean);
}
