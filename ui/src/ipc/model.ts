// The shapes the screens draw, as the shell generates them. Screens import types from here, never from the bindings.
export type * from "./bindings";
