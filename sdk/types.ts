/** One of the fields and none of the others: the others do not compile beside it. */
export type ExactlyOneOf<T, K extends keyof T> = {
  [P in K]: Given<T, P> & Absent<Exclude<K, P>>;
}[K];

/** One of the fields or none. */
export type AtMostOneOf<T, K extends keyof T> = {
  [P in K]: { [Q in P]?: T[Q] } & Absent<Exclude<K, P>>;
}[K];

/** One of the fields or more. */
export type AtLeastOneOf<T, K extends keyof T> = {
  [P in K]: Given<T, P>;
}[K];

/** All fields of one group, and none of the other groups. */
export type ExactlyOneGroup<T, G extends (keyof T)[]> = {
  [I in keyof G]: Given<T, G[I]> & Absent<Exclude<G[number], G[I]>>;
}[number];

/** Fields of one group or none, and none of the other groups. */
export type AtMostOneGroup<T, G extends (keyof T)[]> = {
  [I in keyof G]: { [P in G[I]]?: T[P] } & Absent<Exclude<G[number], G[I]>>;
}[number];

/** These fields, all given. */
type Given<T, K extends keyof T> = { [P in K]-?: Exclude<T[P], undefined> };
/** None of these fields. */
type Absent<K extends PropertyKey> = { [P in K]?: undefined };
