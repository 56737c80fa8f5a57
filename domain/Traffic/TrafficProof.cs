namespace Orchestrator.Domain.Traffic;

/// <summary>
/// What a run adds to the routes of a service to be told by each proxy which of its writes that obeys: a route to the candidate for whoever knows the token,
/// that is, for nobody but the orchestrator, and whose answers bear the mark of the write. A proxy takes the routes of a service over as a whole.
/// </summary>
/// <param name="Token">What requests bear to be meant; of one run.</param>
/// <param name="Mark">Tells a write of the run from those before, counted from 1.</param>
public sealed record TrafficProof(string Token, int Mark)
{
    /// <summary>The header that bears the token in requests, and the mark in answers.</summary>
    public const string Header = "x-orchestrator-proof";

    /// <summary>The header that requests bear.</summary>
    public HeaderMatch Match => new(Header, Token);

    /// <summary>The value of the header that answers bear.</summary>
    public override string ToString() => $"{Mark}";
}
