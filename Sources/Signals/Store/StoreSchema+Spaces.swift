extension StoreSchema {
    /// Version 2: feedback by space, removal, and the records of a service.
    ///
    /// Tables whose keys change are made anew and filled from the old ones. Events that version 1 appended
    /// arrived at a time that it did not note: they count as arrived now.
    static let version2 = """
        CREATE TABLE space (
            id     INTEGER PRIMARY KEY,
            name   BLOB NOT NULL UNIQUE,
            source INTEGER REFERENCES source(id)
        ) STRICT;
        INSERT INTO space (id, name, source) VALUES (\(defaultSpace), CAST('default' AS BLOB), \(appendSource));

        ALTER TABLE source ADD COLUMN space INTEGER NOT NULL DEFAULT \(defaultSpace) REFERENCES space(id);
        ALTER TABLE source ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX source_space ON source(space);

        CREATE TABLE removed (
            source INTEGER NOT NULL REFERENCES source(id),
            record INTEGER NOT NULL,
            line   INTEGER NOT NULL,
            PRIMARY KEY (source, record)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE content_2 (
            space  INTEGER NOT NULL REFERENCES space(id),
            bytes  INTEGER NOT NULL,
            digest BLOB NOT NULL,
            source INTEGER NOT NULL REFERENCES source(id),
            lines  INTEGER NOT NULL,
            PRIMARY KEY (space, bytes, digest)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO content_2 SELECT \(defaultSpace), bytes, digest, source, lines FROM content;
        DROP TABLE content;
        ALTER TABLE content_2 RENAME TO content;

        CREATE TABLE event_2 (
            seq      INTEGER PRIMARY KEY,
            space    INTEGER NOT NULL REFERENCES space(id),
            source   INTEGER NOT NULL REFERENCES source(id),
            record   INTEGER NOT NULL,
            line     INTEGER NOT NULL,
            arrived  REAL NOT NULL,
            pending  INTEGER NOT NULL,
            kind     TEXT NOT NULL,
            id       BLOB,
            judge    BLOB,
            time     REAL,
            decision BLOB,
            payload  TEXT NOT NULL
        ) STRICT;
        INSERT INTO event_2 SELECT seq, \(defaultSpace), source, record, line,
            coalesce(nullif((SELECT started FROM source WHERE source.id = event.source), 0),
                CAST(strftime('%s', 'now') AS REAL)),
            pending, kind, id, judge, time, decision, payload FROM event;

        CREATE TABLE decision_2 (
            space INTEGER NOT NULL REFERENCES space(id),
            id    BLOB NOT NULL,
            event INTEGER NOT NULL REFERENCES event(seq),
            PRIMARY KEY (space, id)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO decision_2 SELECT \(defaultSpace), id, event FROM decision;
        DROP TABLE decision;

        CREATE TABLE refused_2 (
            seq         INTEGER PRIMARY KEY,
            space       INTEGER NOT NULL REFERENCES space(id),
            source      INTEGER NOT NULL REFERENCES source(id),
            record      INTEGER NOT NULL,
            line        INTEGER NOT NULL,
            "column"    INTEGER NOT NULL,
            field       TEXT,
            value       TEXT NOT NULL,
            reason      TEXT NOT NULL,
            explanation TEXT NOT NULL,
            text        TEXT,
            existing    INTEGER REFERENCES event(seq)
        ) STRICT;
        INSERT INTO refused_2 SELECT seq, \(defaultSpace), source, record, line, "column", field, value, reason,
            explanation, text, existing FROM refused;
        DROP TABLE refused;

        DROP TABLE event;
        ALTER TABLE event_2 RENAME TO event;
        ALTER TABLE decision_2 RENAME TO decision;
        ALTER TABLE refused_2 RENAME TO refused;
        CREATE UNIQUE INDEX event_record ON event(source, record);
        CREATE UNIQUE INDEX event_id ON event(space, id) WHERE id IS NOT NULL;
        CREATE INDEX event_space ON event(space);
        CREATE INDEX event_answers ON event(space, decision) WHERE decision IS NOT NULL;
        CREATE INDEX event_judge ON event(space, judge) WHERE judge IS NOT NULL;
        CREATE INDEX event_pending ON event(space) WHERE pending = 1;
        CREATE INDEX decision_event ON decision(event);
        CREATE INDEX refused_record ON refused(source, record);
        CREATE INDEX refused_space ON refused(space);
        CREATE INDEX refused_existing ON refused(existing) WHERE existing IS NOT NULL;

        CREATE TABLE ledger_2 (
            space INTEGER NOT NULL REFERENCES space(id),
            entry TEXT NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (space, entry)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO ledger_2 SELECT \(defaultSpace), entry, count FROM ledger;
        INSERT INTO ledger_2 VALUES (\(defaultSpace), 'removed', 0);
        DROP TABLE ledger;
        ALTER TABLE ledger_2 RENAME TO ledger;

        CREATE TABLE tally (
            space INTEGER NOT NULL REFERENCES space(id),
            kind  TEXT NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (space, kind)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO tally SELECT \(defaultSpace), kind, count(*) FROM event WHERE pending = 0 GROUP BY kind;

        CREATE TABLE counter (
            name  TEXT PRIMARY KEY,
            value INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO counter VALUES
            ('event', coalesce((SELECT max(seq) FROM event), 0)), ('revision', 0), ('scrub', 0);

        CREATE TABLE record (
            kind    TEXT NOT NULL,
            id      BLOB NOT NULL,
            version INTEGER NOT NULL,
            body    BLOB NOT NULL,
            UNIQUE (kind, id)
        ) STRICT;
        """
}
