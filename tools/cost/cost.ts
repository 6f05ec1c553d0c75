/**
 * What environments cost a month while nothing is asked, of what was recorded of the simulated account:
 *   bun run cost [environment]
 * Without an environment, the sum of each.
 */
import { billOf, drawBill } from './bill.ts';
import { readPrices } from './prices.ts';
import { recorded } from './recorded.ts';
import { drawSums } from './trade-offs.ts';

const [name] = process.argv.slice(2);
const environment = recorded[name ?? ''];
if (name !== undefined && !environment) {
  console.error(`environment ${name} is not one of ${Object.keys(recorded).join(', ')}`);
  process.exit(2);
}
const prices = await readPrices();
console.log(environment ? drawBill(billOf(environment, prices)) : drawSums(recorded, prices));
