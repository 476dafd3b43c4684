/** One of the fields and none of the others: the others do not compile beside it. */
export type ExactlyOneOf<T, K extends keyof T> = {
  [P in K]: { [Q in P]-?: Exclude<T[Q], undefined> } & { [Q in Exclude<K, P>]?: undefined };
}[K];

/** One of the fields or none. */
export type AtMostOneOf<T, K extends keyof T> = {
  [P in K]: { [Q in P]?: T[Q] } & { [Q in Exclude<K, P>]?: undefined };
}[K];

/** One of the fields or more. */
export type AtLeastOneOf<T, K extends keyof T> = {
  [P in K]: { [Q in P]-?: Exclude<T[Q], undefined> };
}[K];
