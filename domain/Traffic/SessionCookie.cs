namespace Orchestrator.Domain.Traffic;

/// <summary>The cookie that keeps a user on the candidate who was served by it once.</summary>
/// <param name="Match">Its name, and the value that stands for the candidate.</param>
/// <param name="MaxAgeSeconds">How long browsers keep it.</param>
public sealed record SessionCookie(CookieMatch Match, int MaxAgeSeconds)
{
    /// <summary>The response header that sets it.</summary>
    public const string Header = "Set-Cookie";

    /// <summary>What the value of a header that sets the cookie of this name begins with.</summary>
    public static string Prefix(string name) => $"{name}=";

    /// <summary>The value of the response header.</summary>
    public override string ToString() => $"{Prefix(Match.Name)}{Match.Value}; Path=/; Max-Age={MaxAgeSeconds}";
}
