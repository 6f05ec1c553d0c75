/** Something stands against a promotion. */
export class Refusal extends Error {}
