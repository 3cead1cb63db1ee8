// browser.mjs: a real browser for tests: Debian's chromium by playwright-core
//
//	const browser = await Browser.start(t);		// null: skipped, aloud
//	const page = await browser.page(stack, { signedIn: true });
//	...
//	browser.check();	// fails on anything the console complained of
import assert from 'node:assert/strict';
import fs from 'node:fs';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser',
    process.env.CHROMIUM].filter(Boolean);
const FLAGS = ['--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update',
    '--disable-sync'];

export class Browser {
	// Skips `t` where there is no chromium.
	static async start(t) {
		const executablePath = CHROMIUM.find(f => fs.existsSync(f));
		if (!executablePath) {
			t?.skip('no chromium here');
			return null;
		}
		const { chromium } = await import('playwright-core');
		// the sandbox of chromium refuses to run as root
		const own = await chromium.launch({ executablePath,
		    args: [...FLAGS, ...(process.getuid() === 0 ?
		    ['--no-sandbox'] : [])] });
		return new Browser(own);
	}

	constructor(own) {
		this.own = own;
		this.complaints = [];
	}

	// A page in a profile of its own, at `path` of the stack; with
	// `signedIn`, after signing in through the form.  `context` are
	// options of playwright's newContext (viewport, javaScriptEnabled...).
	async page(stack, { path = '/', signedIn = false, context = {} } = {}) {
		const profile = await this.own.newContext({ baseURL: stack.url,
		    ...context });
		const page = await profile.newPage();
		const note = text => this.complaints.push(text);

		page.setDefaultTimeout(15000);
		page.on('pageerror', e => note(`error: ${e.stack ?? e}`));
		page.on('console', m => ['error', 'warning'].includes(m.type()) &&
		    note(`console: ${m.text()} (${m.location().url})`));
		page.on('request', r => new URL(r.url()).origin !== stack.url &&
		    !r.url().startsWith('data:') &&
		    note(`asks elsewhere: ${r.url()}`));
		if (signedIn)
			await signIn(page, stack.login);
		if (!signedIn || path !== '/')
			await page.goto(path);
		return page;
	}

	// Nothing was wrong so far: no script error, nothing that the content
	// security policy refused, nothing asked of another server.  Complaints
	// that fit one of `expected` (regular expressions) are as planned.
	check(...expected) {
		const left = this.complaints.filter(text =>
		    !expected.some(pattern => pattern.test(text)));
		this.complaints = [];
		assert.deepEqual(left, []);
	}

	async stop() {
		await this.own.close();
	}
}

export async function signIn(page, { email, password }) {
	await page.goto('/login');
	await page.getByLabel('E-mail address').fill(email);
	await page.getByLabel('Password').fill(password);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.waitForURL(url => url.pathname !== '/login');
}
