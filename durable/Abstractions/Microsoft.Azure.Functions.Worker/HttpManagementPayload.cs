namespace Microsoft.Azure.Functions.Worker;

/// <summary>
/// Where a caller watches and steers an instance. As JSON it has the names of C#, unlike the answers of the management API itself, whose names begin
/// with small letters: read it without regard to case.
/// </summary>
public class HttpManagementPayload
{
    /// <summary>The instance.</summary>
    public string? Id { get; internal set; }

    /// <summary>GET: its status.</summary>
    public string? StatusQueryGetUri { get; internal set; }

    /// <summary>POST: an event, whose name takes the place of <c>{eventName}</c>.</summary>
    public string? SendEventPostUri { get; internal set; }

    /// <summary>POST: ends it; the reason takes the place of <c>{{text}}</c>.</summary>
    public string? TerminatePostUri { get; internal set; }

    /// <summary>Always <c>null</c>, as the genuine extension leaves it.</summary>
    public string? RewindPostUri { get; internal set; }

    /// <summary>DELETE: removes it with its history.</summary>
    public string? PurgeHistoryDeleteUri { get; internal set; }

    /// <summary>Always <c>null</c>, as the genuine extension leaves it.</summary>
    public string? RestartPostUri { get; internal set; }

    /// <summary>POST: holds it; the reason takes the place of <c>{{text}}</c>.</summary>
    public string? SuspendPostUri { get; internal set; }

    /// <summary>POST: lets it go on; the reason takes the place of <c>{{text}}</c>.</summary>
    public string? ResumePostUri { get; internal set; }
}
