/** A bare loop of the service's upserts, each durable before the next: prints how many a second. */
import { DatabaseSync } from 'node:sqlite';
import { openSqliteStore } from '../src/stores/sqlite.ts';
import { username } from './load.ts';

const [file = '', users = '', seconds = ''] = process.argv.slice(2);
await openSqliteStore(file).close();
const database = new DatabaseSync(file);
database.exec('pragma synchronous = full');
const upsert = database.prepare(
  'insert into birthday (username, date_of_birth) values (?, ?) on conflict (username) do update set date_of_birth = excluded.date_of_birth',
);
const usernames = Array.from({ length: Number(users) }, (_, index) => username(index + 1));
const random = (below: number) => Math.floor(Math.random() * below);
const start = performance.now();
const end = start + Number(seconds) * 1000;
let count = 0;
while (performance.now() < end) {
  // SQLite writes nothing when nothing changes, so dates differ.
  upsert.run(usernames[random(usernames.length)] as string, `${1900 + random(100)}-10-30`);
  count++;
}
console.log(`${((count * 1000) / (performance.now() - start)).toFixed(1)} upserts/s`);
database.close();
