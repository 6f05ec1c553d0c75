/** Whether the process is about to end. */
export interface Draining {
  isDraining(): boolean;
  /** From now on `/readyz` is 503, and {@link mark} marks. */
  begin(): void;
  /** While draining, an answer after which the connection is closed, so that its client opens one elsewhere. */
  mark(response: Response): Response;
}

export const createDraining = (): Draining => {
  let draining = false;
  return {
    isDraining: () => draining,
    begin: () => {
      draining = true;
    },
    mark: (response) => {
      if (draining) response.headers.set('connection', 'close');
      return response;
    },
  };
};
