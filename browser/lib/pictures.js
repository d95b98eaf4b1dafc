// Pictures as a phone would send them, made here: PNG, each of its own colours.
import { deflateSync } from 'node:zlib';

const table = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});
const crc = (bytes) => (bytes.reduce((sum, byte) => table[(sum ^ byte) & 255] ^ (sum >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc(body));
  return Buffer.concat([length, body, sum]);
}

let made = 0;

// A picture of that size: a box on a table, in colours that no other picture here has.
export function picture(width = 640, height = 480) {
  made++;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const shade = (made * 37) % 160;
  const rows = Array.from({ length: height }, (_, y) => {
    const row = Buffer.alloc(1 + width * 3);
    for (let x = 0; x < width; x++) {
      const inBox = x > width / 5 && x < (width * 4) / 5 && y > height / 4 && y < (height * 5) / 6;
      const tape = inBox && Math.abs(x - width / 2) < width / 30;
      row.set(tape ? [230, 220, 190] : inBox ? [150 + (y % 16), 100 + shade / 4, 60] : [shade, 190 - shade / 2, 200], 1 + x * 3);
    }
    return row;
  });
  const data = deflateSync(Buffer.concat(rows));
  const bytes = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return { name: `photo-${made}.png`, mimeType: 'image/png', buffer: bytes };
}
