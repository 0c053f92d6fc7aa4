import GRDB

/// The tables of a store, and how an older file gets them. `docs/store.md` describes each.
enum StoreSchema {
    /// What SQLite's header of a store says under "application id": the letters "Heed".
    static let applicationID: Int32 = 0x4865_6564

    /// The source that `FeedbackStore.append` delivers under in the default space.
    static let appendSource = 1

    /// The number of the space that a store has from the beginning.
    static let defaultSpace = 1

    /// The migrations, each named by the schema version that it leads to.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: version1) }
        migrator.registerMigration("2") { try $0.execute(sql: version2) }
        return migrator
    }

    static let version1 = """
        CREATE TABLE source (
            id       INTEGER PRIMARY KEY,
            name     TEXT NOT NULL,
            started  REAL NOT NULL,
            parent   INTEGER REFERENCES source(id),
            first    INTEGER NOT NULL,
            records  INTEGER NOT NULL,
            received INTEGER NOT NULL DEFAULT 0,
            refused  INTEGER NOT NULL DEFAULT 0,
            finished INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE content (
            bytes  INTEGER NOT NULL,
            digest BLOB NOT NULL,
            source INTEGER NOT NULL REFERENCES source(id),
            lines  INTEGER NOT NULL,
            PRIMARY KEY (bytes, digest)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE event (
            seq      INTEGER PRIMARY KEY,
            source   INTEGER NOT NULL REFERENCES source(id),
            record   INTEGER NOT NULL,
            line     INTEGER NOT NULL,
            pending  INTEGER NOT NULL,
            kind     TEXT NOT NULL,
            id       BLOB,
            judge    BLOB,
            time     REAL,
            decision BLOB,
            payload  TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX event_record ON event(source, record);
        CREATE UNIQUE INDEX event_id ON event(id) WHERE id IS NOT NULL;
        CREATE INDEX event_pending ON event(decision) WHERE pending = 1;

        CREATE TABLE decision (
            id    BLOB PRIMARY KEY,
            event INTEGER NOT NULL REFERENCES event(seq)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE refused (
            seq         INTEGER PRIMARY KEY,
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
        CREATE INDEX refused_record ON refused(source, record);

        CREATE TABLE ledger (
            entry TEXT PRIMARY KEY,
            count INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        INSERT INTO source (id, name, started, first, records, finished)
        VALUES (\(appendSource), 'append', 0, 0, 0, 1);
        INSERT INTO ledger VALUES
            ('received', 0), ('kept', 0), ('pending', 0), ('malformed', 0), ('duplicate', 0), ('conflict', 0);
        """
}
