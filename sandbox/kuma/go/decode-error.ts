/** The value does not fit its field's type; the message is the one of Go's decoder. */
export class DecodeError extends Error {}
