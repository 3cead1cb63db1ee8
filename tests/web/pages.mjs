// pages.mjs: somebody who is signed in: pages by their path, forms as a browser
// posts them
import assert from 'node:assert/strict';

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': '\'' };
const unescape = text => text.replace(/&(amp|lt|gt|quot|#39);/g,
    (_, name) => ENTITIES[name]);

// The value of each named field of a page: what a form would post unchanged.
export function fieldsOf(html) {
	const fields = {};
	const attribute = (tag, name) =>
	    tag.match(new RegExp(`\\s${name}="([^"]*)"`))?.[1];
	for (const [tag] of html.matchAll(/<input\b[^>]*>/g)) {
		const name = attribute(tag, 'name'), type = attribute(tag, 'type');
		const isBox = type === 'checkbox' || type === 'radio';
		if (!name || (isBox && !/\schecked\b/.test(tag)))
			continue;
		fields[name] = unescape(attribute(tag, 'value') ??
		    (isBox ? 'on' : ''));
	}
	for (const [, name, text] of html.matchAll(
	    /<textarea\b[^>]*\sname="([^"]+)"[^>]*>([^<]*)<\/textarea>/g))
		fields[name] = unescape(text);
	for (const [, name, options] of html.matchAll(
	    /<select\b[^>]*\sname="([^"]+)"[^>]*>([^]*?)<\/select>/g)) {
		const all = [...options.matchAll(/<option\b[^>]*>/g)]
		    .map(([tag]) => tag);
		const chosen = all.find(tag => /\sselected\b/.test(tag)) ?? all[0];
		if (chosen)
			fields[name] = unescape(attribute(chosen, 'value') ?? '');
	}
	return fields;
}

// What stands in a page for people: its text, without tags, blanks folded.
export const textOf = html => unescape(html.replace(/<title>[^]*?<\/title>/,
    '').replace(/<[^>]+>/g, ' ')).replace(/\s+/g, ' ').trim();

// What a page says of a field, or undefined.
export const errorOf = (html, name) => {
	const found = html.match(new RegExp(
	    `id="${name}-error" class="field-error">([^<]*)<`));
	return found ? unescape(found[1]) : undefined;
};

export class Person {
	// Signs `login` in at the stack.
	static async signIn(stack, login) {
		return new Person(stack, await stack.signIn(login));
	}

	constructor(stack, cookie) {
		this.stack = stack;
		this.cookie = cookie;
	}

	request(method, path, { form, headers = {} } = {}) {
		return this.stack.request(method, path, { headers: {
		    Cookie: this.cookie, ...(form ? { 'Content-Type':
		    'application/x-www-form-urlencoded' } : {}), ...headers },
		    body: form && new URLSearchParams(form).toString() });
	}

	get(path) {
		return this.request('GET', path);
	}

	// A page that must be there; resolves to its HTML.
	async page(path, status = 200) {
		const got = await this.get(path);
		assert.equal(got.status, status, `${path}: ${got.text}`);
		return got.text;
	}

	// The session's CSRF token, as every page carries it.
	async csrf() {
		this.token ??= fieldsOf(await this.page('/')).csrf;
		return this.token;
	}

	// Posts these fields and the CSRF token, nothing else.
	async post(path, fields = {}) {
		return this.request('POST', path, { form: {
		    csrf: await this.csrf(), ...fields } });
	}

	// Opens the page of a form, changes some of its fields (null: leaves
	// one out) and posts it to `to`; `from` is also where it mostly goes.
	async submit(from, changes = {}, to = from) {
		const fields = { ...fieldsOf(await this.page(from)), ...changes };
		for (const [name, value] of Object.entries(fields)) {
			if (value === null)
				delete fields[name];
		}
		return this.request('POST', to, { form: fields });
	}
}
