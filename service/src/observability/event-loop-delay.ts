import { clearInterval, setInterval } from 'node:timers';
import { Histogram } from './prometheus.ts';

const INTERVAL_MILLISECONDS = 100;

/** Seconds that a timer of this process was late. */
export const eventLoopDelay = new Histogram([
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
]);

/** Measures ten times a second, without keeping the process alive; the returned function ends it. */
export const measureEventLoopDelay = (): (() => void) => {
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    eventLoopDelay.observe(Math.max(0, now - last - INTERVAL_MILLISECONDS) / 1_000);
    last = now;
  }, INTERVAL_MILLISECONDS);
  timer.unref();
  return () => clearInterval(timer);
};
