/** The answers of a network of two classes for images. */

/** @returns for each row the probability of the second class */
export const probabilitiesOf = (network, rows) => network.predict(rows).map(([probability]) => probability);
