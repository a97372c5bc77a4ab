import type { ColumnType } from "kysely";

/** The one time type that SQLite, PostgreSQL and JavaScript order alike: milliseconds since 1970. */
export type EpochMillis = number;

/** A column that is written once, at birth. */
export type Fixed<T> = ColumnType<T, T, never>;

/** 0 or 1. */
export type Flag = 0 | 1;
