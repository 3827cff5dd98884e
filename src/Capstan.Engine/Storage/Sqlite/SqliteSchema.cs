using Microsoft.Data.Sqlite;

namespace Capstan.Engine.Storage.Sqlite;

/// <summary>The tables, by version. A released migration is never changed; each change is a new migration.</summary>
internal static class SqliteSchema
{
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE owner (id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL);
        INSERT INTO owner VALUES (1, 0);
        CREATE TABLE project (id TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE session (
            id TEXT PRIMARY KEY,
            project_id TEXT NOT NULL,
            directory TEXT NOT NULL,
            path TEXT,
            parent_id TEXT,
            title TEXT NOT NULL,
            time_updated INTEGER NOT NULL,
            status BLOB,                    -- null is idle
            event_count INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            data BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX session_by_project ON session (project_id, time_updated);
        CREATE INDEX session_by_parent ON session (parent_id) WHERE parent_id IS NOT NULL;
        CREATE INDEX session_active ON session (id) WHERE status IS NOT NULL;
        CREATE TABLE message (
            position INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            session_id TEXT NOT NULL,
            context INTEGER,                -- null while it waits in the inbox
            is_open INTEGER NOT NULL,
            fingerprint TEXT,
            data BLOB NOT NULL);
        CREATE INDEX message_by_session ON message (session_id, position);
        CREATE INDEX message_by_context ON message (session_id, context) WHERE context IS NOT NULL;
        CREATE INDEX message_open ON message (session_id) WHERE is_open = 1;
        CREATE TABLE part (
            session_id TEXT NOT NULL,
            message_id TEXT NOT NULL,
            id TEXT NOT NULL,
            data BLOB NOT NULL,
            PRIMARY KEY (message_id, id));
        CREATE INDEX part_by_session ON part (session_id);
        CREATE TABLE inbox (
            session_id TEXT NOT NULL,
            position INTEGER NOT NULL,
            message_id TEXT NOT NULL,
            delivery INTEGER NOT NULL,
            turn_id TEXT,
            resumptions INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (session_id, position)) WITHOUT ROWID;
        CREATE TABLE permission (
            id TEXT PRIMARY KEY,
            session_id TEXT NOT NULL,
            directory TEXT NOT NULL,
            reply INTEGER,                  -- null while it waits for an answer
            feedback TEXT,
            data BLOB NOT NULL);
        CREATE INDEX permission_by_session ON permission (session_id);
        CREATE TABLE approval (
            id TEXT PRIMARY KEY,
            directory TEXT NOT NULL,
            permission TEXT NOT NULL,
            pattern TEXT NOT NULL,
            time_created INTEGER NOT NULL,
            UNIQUE (directory, permission, pattern)) WITHOUT ROWID;
        CREATE TABLE effect (
            part_id TEXT PRIMARY KEY,
            session_id TEXT NOT NULL,
            time_started INTEGER NOT NULL,
            time_finished INTEGER) WITHOUT ROWID;
        CREATE INDEX effect_by_session ON effect (session_id);
        CREATE INDEX effect_open ON effect (part_id) WHERE time_finished IS NULL;
        CREATE TABLE todo (session_id TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE event (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            session_id TEXT,
            session_sequence INTEGER NOT NULL,
            directory TEXT NOT NULL,
            project_id TEXT NOT NULL,
            id TEXT NOT NULL,
            type TEXT NOT NULL,
            data BLOB NOT NULL);
        """,
        // Adds the outcomes of StepOutcome. Versions before this one guessed an outcome
        // from the message; this migration guesses once more, for turns that still run.
        """
        ALTER TABLE message ADD COLUMN outcome INTEGER;     -- how its step ended; null for prompts and while it is open
        UPDATE message SET outcome = CASE
                WHEN json_extract(CAST(data AS TEXT), '$.error.data.metadata.interrupted') IS NOT NULL THEN 0
                WHEN json_extract(CAST(data AS TEXT), '$.error.name') = 'MessageAbortedError' THEN 4
                WHEN json_extract(CAST(data AS TEXT), '$.error') IS NOT NULL THEN 3
                WHEN json_extract(CAST(data AS TEXT), '$.finish') IN ('tool-calls', 'unknown') THEN 0
                ELSE 1 END
            WHERE is_open = 0 AND json_extract(CAST(data AS TEXT), '$.role') = 'assistant'
                AND session_id IN (SELECT id FROM session WHERE status IS NOT NULL);
        CREATE TABLE part_in_order (
            position INTEGER PRIMARY KEY,   -- its place among the parts of its message
            session_id TEXT NOT NULL,
            message_id TEXT NOT NULL,
            id TEXT NOT NULL,
            data BLOB NOT NULL,
            UNIQUE (message_id, id));
        INSERT INTO part_in_order (session_id, message_id, id, data)
            SELECT part.session_id, part.message_id, part.id, part.data
            FROM message CROSS JOIN part ON part.message_id = message.id ORDER BY message.position, part.id;
        DROP TABLE part;
        ALTER TABLE part_in_order RENAME TO part;
        CREATE INDEX part_by_session ON part (session_id);
        """,
        // Starts the event log anew, with numbers that follow those already given: the old log held texts of deleted sessions,
        // and nothing recorded how large it was. Readers with a cursor from before are told to read the state again.
        """
        CREATE TABLE event_log (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            first INTEGER NOT NULL);        -- the oldest event that is kept, or the next where none is
        INSERT INTO event_log SELECT 1, 1 + coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0);
        DROP TABLE event;
        CREATE TABLE event (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            session_id TEXT,
            session_sequence INTEGER NOT NULL,
            directory TEXT NOT NULL,
            project_id TEXT NOT NULL,
            id TEXT NOT NULL,
            type TEXT NOT NULL,
            end_byte INTEGER NOT NULL,      -- bytes of all events up to this one
            data BLOB NOT NULL);
        INSERT INTO sqlite_sequence (name, seq) SELECT 'event', first - 1 FROM event_log WHERE first > 1;
        CREATE TABLE deleted_session (
            id TEXT PRIMARY KEY,
            sequence INTEGER NOT NULL) WITHOUT ROWID;   -- its session.deleted; earlier events of it are erased
        CREATE TABLE part_append (
            id INTEGER PRIMARY KEY,
            session_id TEXT NOT NULL,
            message_id TEXT NOT NULL,
            part_id TEXT NOT NULL,
            position INTEGER NOT NULL,      -- the byte of the part before which the text belongs
            data BLOB NOT NULL);
        CREATE INDEX part_append_by_session ON part_append (session_id);
        CREATE INDEX part_append_by_part ON part_append (part_id);
        """,
        // The index follows the order of the session list, so that a
        // project's newest sessions are found without reading the others.
        """
        DROP INDEX session_by_project;
        CREATE INDEX session_by_project ON session (project_id, time_updated DESC, id);
        """,
        // The writer numbers events itself: AUTOINCREMENT keeps its count in a
        // separate table, which is one more page for each write to change.
        """
        ALTER TABLE event RENAME TO event_before;
        CREATE TABLE event (
            sequence INTEGER PRIMARY KEY,
            session_id TEXT,
            session_sequence INTEGER NOT NULL,
            directory TEXT NOT NULL,
            project_id TEXT NOT NULL,
            id TEXT NOT NULL,
            type TEXT NOT NULL,
            end_byte INTEGER NOT NULL,
            data BLOB NOT NULL);
        INSERT INTO event SELECT * FROM event_before ORDER BY sequence;
        DROP TABLE event_before;
        """,
        // Places of messages are counted by session, in the session's row, as other stores count them; until now they were counted
        // over all sessions. A session has a lease, and the inbox holds work of any kind.
        """
        ALTER TABLE session ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE session ADD COLUMN lease_owner INTEGER;     -- null is free
        ALTER TABLE session ADD COLUMN lease_epoch INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE session DROP COLUMN epoch;
        UPDATE session SET position = coalesce(
            (SELECT max(max(position, coalesce(context, 0))) FROM message WHERE session_id = session.id), 0);
        ALTER TABLE message RENAME TO message_before;
        CREATE TABLE message (
            id TEXT NOT NULL UNIQUE,
            session_id TEXT NOT NULL,
            position INTEGER NOT NULL,
            context INTEGER,                -- null while it waits in the inbox
            is_open INTEGER NOT NULL,
            fingerprint TEXT,
            outcome INTEGER,                -- how its step ended; null for prompts and while it is open
            data BLOB NOT NULL);
        INSERT INTO message SELECT id, session_id, position, context, is_open, fingerprint, outcome, data
            FROM message_before ORDER BY position;
        DROP TABLE message_before;
        CREATE UNIQUE INDEX message_by_session ON message (session_id, position);
        CREATE INDEX message_by_context ON message (session_id, context) WHERE context IS NOT NULL;
        CREATE INDEX message_open ON message (session_id) WHERE is_open = 1;
        ALTER TABLE inbox RENAME COLUMN message_id TO id;
        ALTER TABLE inbox ADD COLUMN kind TEXT NOT NULL DEFAULT 'prompt';
        ALTER TABLE inbox ADD COLUMN payload BLOB;
        """,
        // A project may have many directories, and all directories outside of any repository are one project: the newest sessions
        // of one directory are found without reading those of the others.
        """
        CREATE INDEX session_by_directory ON session (project_id, directory, time_updated DESC, id);
        """,
    ];

    /// <summary>The newest schema version, which this Capstan writes.</summary>
    public static int Newest => Migrations.Length;

    /// <summary>Brings a database up to date.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="target">The version to stop at; the newest where null. Tests use it to make an old database.</param>
    /// <exception cref="InvalidOperationException">A newer Capstan wrote the database.</exception>
    public static void Migrate(SqliteConnection connection, int? target = null)
    {
        var version = (int)SqliteConnections.ReadNumber(connection, "PRAGMA user_version");
        if (version > Newest)
        {
            throw new InvalidOperationException(
                $"{connection.DataSource} was written by a newer Capstan (schema {version}, this one knows {Newest}). "
                + "Update Capstan, or point XDG_DATA_HOME at another directory.");
        }

        for (; version < (target ?? Newest); version++)
        {
            using var transaction = connection.BeginTransaction();
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"{Migrations[version]} PRAGMA user_version = {version + 1}";
            command.ExecuteNonQuery();
            transaction.Commit();
        }
    }
}
