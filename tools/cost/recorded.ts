/** What record.ts wrote. */
import type { Recorded } from './bill.ts';
import file from './recorded.json';

export const recorded: Readonly<Record<string, Recorded>> = file;
