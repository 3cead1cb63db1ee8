// forms.mjs: the forms that pages have, found by reading them
import { fieldsOf } from '../web/pages.mjs';

const attribute = (tag, name) =>
    tag.match(new RegExp(`\\s${name}="([^"]*)"`))?.[1]?.replaceAll('&amp;', '&');

// Each form of a page: { method, action, isUpload, fields, names }: what it
// would post unchanged, and the names of all of its fields.
export function formsOf(html, at) {
	return [...html.matchAll(/<form\b[^>]*>([^]*?)<\/form>/g)]
	    .map(([text, inner]) => {
		const tag = text.match(/<form\b[^>]*>/)[0];
		const names = [...inner.matchAll(
		    /<(?:input|textarea|select|button)\b[^>]*>/g)]
		    .map(([field]) => attribute(field, 'name')).filter(Boolean);
		return { method: (attribute(tag, 'method') ?? 'get')
		    .toUpperCase(), action: attribute(tag, 'action') ??
		    at.split('?')[0], isUpload: /multipart/.test(tag),
		    fields: fieldsOf(inner), names: [...new Set(names)] };
	});
}

// The names that links and forms of a page put into the address of a path:
// { '/members': ['filter', 'q'] }.
export function queriesOf(html, at) {
	const found = {};
	const add = (path, names) => {
		const list = found[path] ??= [];
		list.push(...names.filter(name => !list.includes(name)));
	};
	for (const [, href] of html.matchAll(/\s(?:href|data-\w+)="([^"]*\?[^"]*)"/g)) {
		const [path, query] = href.replaceAll('&amp;', '&').split('?');
		if (!/^\/static\/|^https?:/.test(path))
			add(path || at.split('?')[0],
			    [...new URLSearchParams(query).keys()]);
	}
	for (const form of formsOf(html, at))
		if (form.method === 'GET')
			add(form.action, form.names);
	return found;
}
