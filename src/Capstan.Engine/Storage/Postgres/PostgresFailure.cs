using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>Says what an error of the database means: for the write that met it, and in words for the server's operator.</summary>
internal static class PostgresFailure
{
    private const string InsufficientResources = "53";
    private const string ReadOnlyDatabase = PostgresErrorCodes.ReadOnlySqlTransaction;
    private const string IdleInTransaction = "25P03";
    private const string ConnectionException = "08";
    private const string RefusedUser = "28";
    private const string OperatorIntervention = "57P";

    /// <summary>
    /// Whether the connection is of no use any more, or could not be made. What was sent last may have been stored all the same:
    /// nobody can know without asking again.
    /// </summary>
    public static bool IsLost(Exception exception) => exception switch
    {
        PostgresException { SqlState: ReadOnlyDatabase or IdleInTransaction } => true,
        // A database that was dropped or takes no connections, or a user who is refused since the password was changed, may be there again in a moment: a backup
        // is being put in its place, or the password is changed on both sides. Nothing can be done with either from here.
        PostgresException failure => failure.SqlState.StartsWith(OperatorIntervention, StringComparison.Ordinal)
            || failure.SqlState.StartsWith(ConnectionException, StringComparison.Ordinal)
            || failure.SqlState.StartsWith(RefusedUser, StringComparison.Ordinal)
            || failure.SqlState is PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.InvalidCatalogName
                or PostgresErrorCodes.ObjectNotInPrerequisiteState,
        // A statement that took too long is cancelled, or its connection is broken: either way the transaction is gone.
        NpgsqlException or SocketException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>What the failure of a statement means for its write, of which nothing is kept.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="epoch">The epoch of this process's ownership.</param>
    /// <param name="address">The database.</param>
    public static Exception Translate(PostgresException failure, long epoch, PostgresAddress address) => failure.SqlState switch
    {
        PostgresSchema.LeaseLost => new LeaseLostException(failure.MessageText),
        PostgresSchema.Fenced => new StoreFencedException(epoch, long.Parse(failure.MessageText, CultureInfo.InvariantCulture)),
        PostgresSchema.OutOfStep or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected
            or PostgresErrorCodes.SerializationFailure => new StoreConflictException(failure),
        _ when IsShortOfResources(failure) => Short(failure, address),
        _ => failure,
    };

    /// <summary>Whether the server cannot do it for want of room or memory.</summary>
    public static bool IsShortOfResources(PostgresException failure) =>
        failure.SqlState.StartsWith(InsufficientResources, StringComparison.Ordinal);

    /// <summary>A database that has no room or memory left.</summary>
    public static StoreUnavailableException Short(PostgresException failure, PostgresAddress address) =>
        new($"The database {address} has no room or memory left: {failure.MessageText}", failure);

    /// <summary>A database that cannot be reached at the moment.</summary>
    public static StoreUnavailableException Unavailable(Exception exception, PostgresAddress address) =>
        new($"The database {address} cannot be reached at the moment: {Reason(exception)}.", exception);

    /// <summary>Describes in words why a database cannot be opened; null where Capstan is at fault and not the operator's system.</summary>
    public static StoreUnusableException? Describe(Exception exception, PostgresAddress address) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } failure =>
            Unusable(exception, $"The database {address} refuses the user {address.User}: {failure.MessageText}. Check the user and the "
                + "password, and what the server's pg_hba.conf allows."),
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => Unusable(
            exception, $"The PostgreSQL server of {address} has no database {address.Database}. Make it with createdb {address.Database}."),
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } failure => Unusable(
            exception, $"The user {address.User} may not do what Capstan has to do in {address}: {failure.MessageText}. Make that user the "
                + "owner of the database."),
        PostgresException { SqlState: PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateObject
            or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn } failure => Unusable(
            exception, $"The database {address} does not hold what a database of Capstan holds ({failure.MessageText}). Name one that is "
                + "empty, or put a backup in its place."),
        NotSupportedException => Unusable(exception, $"The database {address} cannot be used: {exception.Message}"),
        _ when IsLost(exception) => Unusable(
            exception, $"The database {address} cannot be reached: {Reason(exception)}. Check the address, and that the server runs."),
        _ => null,
    };

    /// <summary>Why a database cannot be reached, in words without a full stop.</summary>
    public static string Reason(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case PostgresException failure:
                    return failure.MessageText.TrimEnd('.');
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return "no such host";
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return "nothing listens there";
                case SocketException { SocketErrorCode: SocketError.AddressNotAvailable }:
                    return "there is no such socket";
                case SocketException socket:
                    return socket.Message.TrimEnd('.');
                case AuthenticationException:
                    return $"the encrypted connection failed ({cause.Message.TrimEnd('.')})";
                case TimeoutException:
                    return "no answer in time";
                case EndOfStreamException:
                    return "the connection was closed";
            }
        }

        return exception.Message.TrimEnd('.');
    }

    private static StoreUnusableException Unusable(Exception exception, string message) => new(message, exception);
}
