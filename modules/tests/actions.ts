interface Plan {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly change: { readonly actions: readonly string[] };
  }[];
}

/** What a plan does: the address of each resource that changes, with `create`, `update`, `delete` or `replace`. */
export const actionsOf = ({ resource_changes = [] }: Plan): Record<string, string> =>
  Object.fromEntries(
    resource_changes
      .filter(({ change }) => !['no-op', 'read'].includes(change.actions.join()))
      .map(({ address, change }) => [
        address.replace('module.tested.', ''),
        change.actions.length > 1 ? 'replace' : String(change.actions[0]),
      ]),
  );
