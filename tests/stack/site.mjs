// site.mjs: nginx/gymgate.conf as production has it, in front of a Stack
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http2 from 'node:http2';
import os from 'node:os';
import tls from 'node:tls';
import { request } from './http.mjs';
import { REPO } from './stack.mjs';
import { accepts, freePort } from './wait.mjs';

export const HOST = 'gym.example.com';	// the sample's

// What Debian's nginx.conf has around a site, weak protocols included.
const AROUND = `
	sendfile on;
	tcp_nopush on;
	default_type application/octet-stream;
	ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
	ssl_prefer_server_ciphers on;
	gzip on;`;

const hasIpv6 = Object.values(os.networkInterfaces()).flat()
    .some(one => one.address === '::1');

export class Site {
	// `stack` is one without nginx.  The certificate is RSA: only with
	// one of that kind could a weak cipher be agreed on.
	static async start(stack, host = HOST) {
		const site = new Site();
		site.stack = stack;
		site.host = host;
		site.dir = `${stack.dir}/site-${host}`;
		site.conf = `${site.dir}/nginx.conf`;
		site.ports = { 80: await freePort(), 443: await freePort() };
		fs.mkdirSync(`${site.dir}/share`, { recursive: true });
		fs.symlinkSync(`${REPO}/nginx`, `${site.dir}/share/nginx`);
		fs.symlinkSync(`${REPO}/build/static`, `${site.dir}/share/static`);
		site.certify();
		site.configure();
		site.nginx = await stack.run({ name: `site-${host}`, account: null,
		    argv: ['nginx', ...site.args],
		    ready: () => accepts(site.ports[443]) });
		return site;
	}

	get args() {
		return ['-p', `${this.dir}/`, '-c', this.conf, '-e',
		    `${this.stack.dir}/log/site-errors.log`];
	}

	certify() {
		execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048',
		    '-nodes', '-days', '2', '-subj', `/CN=${this.host}`,
		    '-addext', `subjectAltName=DNS:${this.host}`, '-keyout',
		    `${this.dir}/privkey.pem`, '-out',
		    `${this.dir}/fullchain.pem`], { stdio: 'pipe' });
		this.ca = fs.readFileSync(`${this.dir}/fullchain.pem`);
	}

	// The sample, with nothing changed but names, places and ports.
	configure() {
		const { dir, stack } = this;
		const temporary = ['client_body', 'fastcgi', 'proxy', 'scgi',
		    'uwsgi'].map(name => `${name}_temp_path ${dir}/${name};`);
		const sample = fs.readFileSync(`${REPO}/nginx/gymgate.conf`,
		    'utf8').replaceAll('@DATADIR@', `${dir}/share`)
		    .replaceAll(`/etc/letsencrypt/live/${HOST}`, dir)
		    .replaceAll(HOST, this.host)
		    .replace(/\/var\/log\/nginx/g, `${stack.dir}/log`)
		    .replace(/\/run\/gymgate/g, stack.sockets)
		    .replace(/^\tlisten \[::\]:(\d+)/mg, (line, port) =>
			hasIpv6 ? `\tlisten [::1]:${this.ports[port]}` :
			`\t#${line.trim()}`)
		    .replace(/^\tlisten (\d+)/mg, (line, port) =>
			`\tlisten 127.0.0.1:${this.ports[port]}`);

		fs.writeFileSync(this.conf, `${process.getuid() === 0 ?
		    'user root root;' : ''}
daemon off;
pid ${dir}/nginx.pid;
events { worker_connections 512; }
http {${AROUND}
	${temporary.join('\n\t')}
${sample}
}
`);
	}

	// ---- asking ------------------------------------------------------

	// A TLS connection, as far as what was agreed on: { protocol, cipher,
	// alpn, ticket }, or { alert }, by which it was refused.
	greet({ servername = HOST, ...options } = {}) {
		return new Promise(done => {
			const socket = tls.connect({ host: '127.0.0.1',
			    port: this.ports[443], servername, ca: this.ca,
			    minVersion: 'TLSv1', ...options }, () => {
				done({ protocol: socket.getProtocol(),
				    cipher: socket.getCipher().name,
				    alpn: socket.alpnProtocol,
				    ticket: socket.getTLSTicket() });
				socket.destroy();
			});
			socket.on('error', e => done({ alert: e.code }));
		});
	}

	// One request over plain http.
	plain(path, { host = HOST, ...rest } = {}) {
		return request(`http://127.0.0.1:${this.ports[80]}${path}`,
		    { ...rest, headers: { Host: host, ...rest.headers } });
	}

	// One request over HTTP/2: { status, headers, text }, at the end of the
	// answer, or with `onlyHead` at the end of its head.
	ask(path, { method = 'GET', headers = {}, body, onlyHead } = {}) {
		return new Promise((done, fail) => {
			const session = http2.connect(
			    `https://127.0.0.1:${this.ports[443]}`,
			    { servername: HOST, ca: this.ca });
			const req = session.request({ ':method': method,
			    ':path': path, ':authority': HOST, ...headers });
			let head, text = '';
			const end = () => {
				session.destroy();
				done({ status: head[':status'], headers: head,
				    text });
			};
			session.on('error', fail);
			req.on('error', fail);
			req.setEncoding('utf8');
			req.on('response', got => {
				head = got;
				if (onlyHead)
					end();
			});
			req.on('data', part => { text += part; });
			req.on('end', end);
			req.end(body);
		});
	}
}
