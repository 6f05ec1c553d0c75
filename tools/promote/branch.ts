/** The branch by which dev gets an image. One for all: a newer image takes the place of one that waits. */
export const BRANCH = 'promote/dev';
