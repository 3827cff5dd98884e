using System.Globalization;
using Npgsql;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>
/// The tables, by version. A released migration is never changed; each change is a new migration. Only the owner of the database
/// migrates it.
/// </summary>
internal static class PostgresSchema
{
    // SQLSTATEs of the procedures below, from a class that PostgreSQL leaves to others.
    public const string LeaseLost = "CP001";
    public const string Fenced = "CP002";
    public const string OutOfStep = "CP003";

    // Compared byte by byte, as the other stores compare, and whatever the locale of the database is.
    private const string Text = "text COLLATE \"C\"";

    private static readonly string[] Migrations =
    [
        $"""
        CREATE TABLE owner (
            id smallint PRIMARY KEY CHECK (id = 1),
            epoch bigint NOT NULL,
            address {Text},
            heartbeat_at timestamptz) WITH (fillfactor = 10);
        INSERT INTO owner VALUES (1, 0);

        -- One row a lane, which each of its writes locks first. Few rows on many pages: then every update stays on its page.
        CREATE TABLE lane (
            id smallint PRIMARY KEY,
            epoch bigint NOT NULL DEFAULT 0,        -- of the owner that may write
            commits bigint NOT NULL DEFAULT 0,      -- tells a writer that lost its connection whether its write was stored
            last bigint NOT NULL DEFAULT 0,         -- the newest event
            first bigint NOT NULL DEFAULT 1,        -- the oldest event that is kept, or the next where none is
            bytes bigint NOT NULL DEFAULT 0)        -- of all events up to the newest
            WITH (fillfactor = 10, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);

        CREATE TABLE project (id {Text} PRIMARY KEY, data bytea NOT NULL);

        CREATE TABLE session (
            id {Text} PRIMARY KEY,
            project_id {Text} NOT NULL,
            directory {Text} NOT NULL,
            path {Text},
            parent_id {Text},
            title {Text} NOT NULL,
            time_updated bigint NOT NULL,
            status bytea,                           -- null is idle
            event_count bigint NOT NULL,
            position bigint NOT NULL,
            lease_owner bigint,                     -- null is free
            lease_epoch bigint NOT NULL DEFAULT 0,
            data bytea NOT NULL) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
        CREATE INDEX session_by_project ON session (project_id, time_updated DESC, id);
        CREATE INDEX session_by_parent ON session (parent_id) WHERE parent_id IS NOT NULL;
        CREATE INDEX session_active ON session (id) WHERE status IS NOT NULL;

        CREATE TABLE message (
            session_id {Text} NOT NULL,
            position bigint NOT NULL,
            id {Text} NOT NULL,
            context bigint,                         -- null while it waits in the inbox
            is_open boolean NOT NULL,
            fingerprint {Text},
            outcome integer,                        -- how its step ended; null for prompts and while it is open
            data bytea NOT NULL,
            PRIMARY KEY (session_id, position)) WITH (fillfactor = 85);
        CREATE UNIQUE INDEX message_by_id ON message (id);
        CREATE INDEX message_by_context ON message (session_id, context) WHERE context IS NOT NULL;
        CREATE INDEX message_open ON message (session_id) WHERE is_open;

        CREATE TABLE part (
            session_id {Text} NOT NULL,
            message_id {Text} NOT NULL,
            id {Text} NOT NULL,
            position bigint NOT NULL GENERATED ALWAYS AS IDENTITY,  -- its place among the parts of its message
            data bytea NOT NULL,
            PRIMARY KEY (session_id, message_id, id)) WITH (fillfactor = 85);
        CREATE TABLE part_append (
            id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
            session_id {Text} NOT NULL,
            message_id {Text} NOT NULL,
            part_id {Text} NOT NULL,
            position integer NOT NULL,              -- the byte of the part before which the text belongs
            data bytea NOT NULL);
        CREATE INDEX part_append_by_session ON part_append (session_id, message_id);

        CREATE TABLE inbox (
            session_id {Text} NOT NULL,
            position bigint NOT NULL,
            id {Text} NOT NULL,
            kind {Text} NOT NULL,
            delivery integer NOT NULL,
            turn_id {Text},
            resumptions integer NOT NULL,
            payload bytea,
            PRIMARY KEY (session_id, position)) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

        CREATE TABLE permission (
            id {Text} PRIMARY KEY,
            session_id {Text} NOT NULL,
            directory {Text} NOT NULL,
            reply integer,                          -- null while it waits for an answer
            feedback {Text},
            data bytea NOT NULL);
        CREATE INDEX permission_by_session ON permission (session_id);
        CREATE INDEX permission_open ON permission (id) WHERE reply IS NULL;
        CREATE TABLE approval (
            id {Text} PRIMARY KEY,
            directory {Text} NOT NULL,
            permission {Text} NOT NULL,
            pattern {Text} NOT NULL,
            digest bytea NOT NULL UNIQUE,           -- of the three above, which may be longer than an index takes
            time_created bigint NOT NULL);
        CREATE INDEX approval_by_directory ON approval USING hash (directory);
        CREATE TABLE effect (
            part_id {Text} PRIMARY KEY,
            session_id {Text} NOT NULL,
            time_started bigint NOT NULL,
            time_finished bigint);
        CREATE INDEX effect_by_session ON effect (session_id);
        CREATE INDEX effect_open ON effect (part_id) WHERE time_finished IS NULL;
        CREATE TABLE todo (session_id {Text} PRIMARY KEY, data bytea NOT NULL) WITH (fillfactor = 70);

        CREATE TABLE event (
            lane smallint NOT NULL,
            n bigint NOT NULL,
            session_id {Text},
            session_sequence bigint NOT NULL,
            directory {Text} NOT NULL,
            project_id {Text} NOT NULL,
            id {Text} NOT NULL,
            type {Text} NOT NULL,
            end_byte bigint NOT NULL,               -- bytes of all events of the lane up to this one
            data bytea NOT NULL,
            PRIMARY KEY (lane, n));
        CREATE TABLE deleted_session (
            id {Text} PRIMARY KEY,
            lane smallint NOT NULL,
            n bigint NOT NULL);                     -- its session.deleted; earlier events of it are erased

        -- Begins a write: locks the lane's row, and refuses owners of the past and writes that were sent before.
        CREATE PROCEDURE begin_write(a_lane smallint, own_epoch bigint, known bigint, last_n bigint, all_bytes bigint)
        LANGUAGE plpgsql AS $$
        DECLARE current bigint;
        BEGIN
            UPDATE lane SET commits = known + 1, last = last_n, bytes = all_bytes
                WHERE id = a_lane AND epoch = own_epoch AND commits = known;
            IF NOT FOUND THEN
                SELECT epoch INTO current FROM lane WHERE id = a_lane;
                IF current = own_epoch THEN
                    RAISE EXCEPTION USING ERRCODE = '{OutOfStep}', MESSAGE = 'out of step';
                END IF;
                RAISE EXCEPTION USING ERRCODE = '{Fenced}', MESSAGE = coalesce(current, 0)::text;
            END IF;
        END $$;
        CREATE PROCEDURE lock_for_write(key bigint)
        LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(key); END $$;
        CREATE PROCEDURE change_lease(a_session text, from_owner bigint, from_epoch bigint, to_owner bigint, to_epoch bigint)
        LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE session SET lease_owner = to_owner, lease_epoch = to_epoch
                WHERE id = a_session AND lease_owner IS NOT DISTINCT FROM from_owner AND lease_epoch = from_epoch;
            IF NOT FOUND THEN
                RAISE EXCEPTION USING ERRCODE = '{LeaseLost}', MESSAGE = a_session;
            END IF;
        END $$;
        -- The row stays locked until the commit, so that nobody takes the lease in between.
        CREATE PROCEDURE check_lease(a_session text, known_owner bigint, known_epoch bigint)
        LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM 1 FROM session
                WHERE id = a_session AND lease_owner IS NOT DISTINCT FROM known_owner AND lease_epoch = known_epoch
                FOR NO KEY UPDATE;
            IF NOT FOUND THEN
                RAISE EXCEPTION USING ERRCODE = '{LeaseLost}', MESSAGE = a_session;
            END IF;
        END $$;
        -- Forgets the oldest events beyond the limits, at most 2,000 of them. Only these are looked at: the bytes grow with the numbers.
        CREATE PROCEDURE trim_events(a_lane smallint, last_n bigint, keep bigint, keep_bytes bigint, all_bytes bigint)
        LANGUAGE plpgsql AS $$
        DECLARE oldest bigint; kept bigint;
        BEGIN
            SELECT first INTO oldest FROM lane WHERE id = a_lane;
            kept := greatest(oldest, last_n - keep + 1);
            IF kept < last_n THEN
                kept := coalesce(
                    (SELECT n FROM event WHERE lane = a_lane AND n >= kept AND n < least(last_n, oldest + 2000)
                        AND end_byte > all_bytes - keep_bytes ORDER BY n LIMIT 1),
                    last_n);
            END IF;
            kept := least(kept, oldest + 2000);
            IF kept > oldest THEN
                DELETE FROM event WHERE lane = a_lane AND n < kept;
                UPDATE lane SET first = kept WHERE id = a_lane;
            END IF;
        END $$;
        """,
        """
        CREATE INDEX session_by_directory ON session (project_id, directory, time_updated DESC, id);
        """,
        $"""
        -- Replaces sessions, one element of each array for one of them, and their leases where a lease is demanded.
        CREATE PROCEDURE put_sessions(
            ids text[], project_ids text[], directories text[], paths text[], titles text[], times_updated bigint[], statuses bytea[],
            event_counts bigint[], positions bigint[], contents bytea[],
            are_leased boolean[], from_owners bigint[], from_epochs bigint[], to_owners bigint[], to_epochs bigint[])
        LANGUAGE plpgsql AS $$
        DECLARE found_count bigint; lost text;
        BEGIN
            UPDATE session SET project_id = row.project_id, directory = row.directory, path = row.path, title = row.title,
                time_updated = row.time_updated, status = row.status, event_count = row.event_count, position = row.position,
                data = row.data,
                lease_owner = CASE WHEN row.is_leased THEN row.to_owner ELSE session.lease_owner END,
                lease_epoch = CASE WHEN row.is_leased THEN row.to_epoch ELSE session.lease_epoch END
            FROM unnest(ids, project_ids, directories, paths, titles, times_updated, statuses, event_counts, positions, contents,
                    are_leased, from_owners, from_epochs, to_owners, to_epochs)
                AS row (id, project_id, directory, path, title, time_updated, status, event_count, position, data,
                    is_leased, from_owner, from_epoch, to_owner, to_epoch)
            WHERE session.id = row.id AND (NOT row.is_leased
                OR (session.lease_owner IS NOT DISTINCT FROM row.from_owner AND session.lease_epoch = row.from_epoch));
            GET DIAGNOSTICS found_count = ROW_COUNT;
            IF found_count < cardinality(ids) THEN
                SELECT row.id INTO lost FROM unnest(ids, are_leased, to_owners, to_epochs) AS row (id, is_leased, to_owner, to_epoch)
                    LEFT JOIN session ON session.id = row.id
                    WHERE session.id IS NULL OR (row.is_leased
                        AND (session.lease_owner IS DISTINCT FROM row.to_owner OR session.lease_epoch <> row.to_epoch))
                    LIMIT 1;
                RAISE EXCEPTION USING ERRCODE = '{LeaseLost}', MESSAGE = coalesce(lost, '');
            END IF;
        END $$;
        """,
    ];

    /// <summary>The newest schema version, which this Capstan writes.</summary>
    public static int Newest => Migrations.Length;

    /// <summary>Brings a database up to date, and gives it its lanes where it has none yet.</summary>
    /// <param name="connection">The database, whose ownership the caller has.</param>
    /// <param name="lanes">How many lanes a database gets that has none.</param>
    /// <param name="name">The database, in words.</param>
    /// <exception cref="InvalidOperationException">A newer Capstan wrote the database.</exception>
    public static void Migrate(NpgsqlConnection connection, int lanes, string name)
    {
        Execute(connection, "CREATE TABLE IF NOT EXISTS migration (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())");
        var version = (int)Scalar(connection, "SELECT coalesce(max(version), 0) FROM migration")!;
        if (version > Newest)
        {
            throw new InvalidOperationException(
                $"{name} was written by a newer Capstan (schema {version}, this one knows {Newest}). "
                + "Update Capstan, or name another database.");
        }

        for (; version < Newest; version++)
        {
            // One text is one transaction, unless it says otherwise.
            Execute(connection, string.Create(
                CultureInfo.InvariantCulture, $"{Migrations[version]} INSERT INTO migration (version) VALUES ({version + 1});"));
        }

        Execute(connection, string.Create(
            CultureInfo.InvariantCulture,
            $"INSERT INTO lane (id) SELECT n FROM generate_series(0, {lanes - 1}) AS n WHERE NOT EXISTS (SELECT 1 FROM lane)"));
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        // A migration of a large database takes as long as it takes.
        using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.ExecuteNonQuery();
    }

    private static object? Scalar(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }
}
