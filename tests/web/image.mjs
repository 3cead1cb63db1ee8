// image.mjs: pictures for tests, made of bytes
import zlib from 'node:zlib';
import { crc32 } from './gym.mjs';

const chunk = (type, data) => {
	const body = Buffer.concat([Buffer.from(type), data]);
	const around = Buffer.alloc(8);
	around.writeUInt32BE(data.length, 0);
	around.writeUInt32BE(crc32(body), 4);
	return Buffer.concat([around.subarray(0, 4), body, around.subarray(4)]);
};

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

const head = (width, height) => {
	const data = Buffer.alloc(13);
	data.writeUInt32BE(width, 0);
	data.writeUInt32BE(height, 4);
	data.set([1, 0, 0, 0, 0], 8);	// 1 bit, grey
	return chunk('IHDR', data);
};

// A PNG, black but for its left half, which is white.
export function png(width, height) {
	const row = Buffer.alloc(1 + Math.ceil(width / 8));
	row.fill(0xff, 1, 1 + Math.floor(width / 16));
	const rows = Buffer.concat(Array(height).fill(row));
	return Buffer.concat([SIGNATURE, head(width, height),
	    chunk('IDAT', zlib.deflateSync(rows)),
	    chunk('IEND', Buffer.alloc(0))]);
}

// One that says it is of this size, and is some bytes long.
export const bomb = (width, height) => Buffer.concat([SIGNATURE,
    head(width, height), chunk('IDAT', zlib.deflateSync(Buffer.alloc(1000))),
    chunk('IEND', Buffer.alloc(0))]);

// A segment put in at the begin of a JPEG.
function withSegment(jpeg, code, data) {
	const around = Buffer.from([0xff, code, 0, 0]);
	around.writeUInt16BE(data.length + 2, 2);
	return Buffer.concat([jpeg.subarray(0, 2), around, data,
	    jpeg.subarray(2)]);
}

// As a camera writes it: how it was held, and words that stand for a place.
export function withExif(jpeg, turn, words) {
	const entry = Buffer.alloc(18);
	entry.writeUInt16LE(1, 0);
	entry.writeUInt16LE(0x112, 2);
	entry.writeUInt16LE(3, 4);
	entry.writeUInt32LE(1, 6);
	entry.writeUInt32LE(turn, 10);
	return withSegment(jpeg, 0xe1, Buffer.concat([
	    Buffer.from('Exif\0\0II*\0\x08\0\0\0', 'latin1'), entry,
	    Buffer.from(words)]));
}

// Width and height of a JPEG, and the codes of its segments.
export function readJpeg(bytes) {
	const codes = [];
	let width, height;

	for (let at = 2; bytes[at] === 0xff && bytes[at + 1] !== 0xd9;) {
		const code = bytes[at + 1];
		codes.push(code);
		if (code >= 0xc0 && code <= 0xc2) {
			height = bytes.readUInt16BE(at + 5);
			width = bytes.readUInt16BE(at + 7);
		}
		if (code === 0xda)
			break;
		at += 2 + bytes.readUInt16BE(at + 2);
	}
	return { width, height, codes };
}
