import { join } from "node:path";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { openFollowerDatabase } from "../follower-database.ts";

/** A file of any other format is moved aside: what it held is made again from the journal. */
const SCHEMA_VERSION = 1;

const SCHEMA = `
  CREATE TABLE position (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    seq  INTEGER NOT NULL
  ) STRICT;
  INSERT INTO position VALUES (1, 0);
  CREATE TABLE event (
    row     INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    number  INTEGER NOT NULL,
    t       INTEGER NOT NULL,
    body    TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX event_of ON event (account, number);
  CREATE TABLE pruned (
    account TEXT PRIMARY KEY,
    number  INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE delivery (
    webhook TEXT NOT NULL,
    number  INTEGER NOT NULL,
    account TEXT NOT NULL,
    status  TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    next    INTEGER NOT NULL,
    tries   TEXT NOT NULL,
    PRIMARY KEY (webhook, number)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX delivery_due ON delivery (webhook, next, number) WHERE status = 'waiting';
  CREATE INDEX delivery_of ON delivery (account, number)`;

export const fileIn = (folder: string): string => join(folder, "outbox.db");

export const openDatabase = (folder: string): DatabaseSyncInstance =>
  openFollowerDatabase(fileIn(folder), SCHEMA, SCHEMA_VERSION);
