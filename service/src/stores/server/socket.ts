import { type NetConnectOpts, Socket } from 'node:net';
import { type ConnectOptions, DatabaseError, withMessage } from './connection.ts';

/**
 * Codes of a refused login that may be refused only because it isn't encrypted. MySQL refuses it as if the password were
 * wrong: of users who have to use TLS, and at their first login where the server has no RSA key to encrypt the password.
 */
const REFUSED: readonly string[] = ['28000', '1045', '3159'];

const USE_TLS =
  'if user and password are right, the server may want TLS: add ?sslmode=verify-full to DATABASE_URL';

/** A socket of our own for a driver, so that it can be dropped with what is unsent and its end be noticed. */
export class DriverSocket {
  readonly socket = new Socket();
  readonly closed: Promise<void>;
  #rejectPending: ((error: unknown) => void) | undefined;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.socket.on('error', () => {});
    this.socket.once('close', () => {
      resolve();
      // The driver may have more to say, such as why it took offence at a certificate.
      setTimeout(() => this.#fail(unreachable('CLOSED')), 10);
    });
  }

  connect(options: NetConnectOpts): Socket {
    const socket = this.socket.connect(options);
    // Against this name the certificate is checked; else, for an address, Deno takes one for localhost.
    if ('host' in options) Object.assign(socket, { _host: options.host });
    return socket;
  }

  /** The promise, which also rejects when the socket closes: not every driver rejects what is pending then. */
  guard<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#rejectPending = reject;
      promise.then(resolve, reject);
    });
  }

  /** The promise, which also rejects when it takes longer than `milliseconds`; the connection is dropped then. */
  async withTimeout<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
    const timer = this.#destroyAfter(milliseconds);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * The first steps of a connection, which is dropped when they fail, take longer than `limits.connect` or are aborted.
   * @throws DatabaseError with the driver's words, without the password
   */
  async open(steps: () => Promise<void>, options: ConnectOptions): Promise<void> {
    const { address, limits, password, signal } = options;
    const abort = () => this.destroy(unreachable('ABORTED'));
    signal?.addEventListener('abort', abort);
    try {
      if (signal?.aborted) throw unreachable('ABORTED');
      await this.withTimeout(limits.connect, steps());
    } catch (error) {
      this.destroy();
      const isPlain = address.tls === 'disable' && !address.socket;
      const mayWantTls = error instanceof DatabaseError && REFUSED.includes(error.code) && isPlain;
      throw withMessage(error, password, mayWantTls ? USE_TLS : '');
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Lets the driver end the session; the connection is dropped when that takes longer than `milliseconds`. */
  async close(end: () => void, milliseconds: number): Promise<void> {
    end();
    await this.withTimeout(milliseconds, this.closed);
  }

  /** A reset, not a close: the kernel would go on sending what the server hasn't taken yet. */
  destroy(reason: unknown = unreachable('DESTROYED')): void {
    this.#fail(reason);
    this.socket.resetAndDestroy();
  }

  #destroyAfter(milliseconds: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.destroy(unreachable('ETIMEDOUT')), milliseconds);
  }

  #fail(reason: unknown): void {
    this.#rejectPending?.(reason);
    this.#rejectPending = undefined;
  }
}

const unreachable = (code: string) => new DatabaseError('unreachable', code);
