using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Orchestrator.Domain.Canaries;

/// <summary>What the variables of a query stand for.</summary>
/// <param name="Namespace">The tenant's namespace.</param>
/// <param name="Service">The service.</param>
/// <param name="Version">The candidate's version.</param>
/// <param name="Stable">The stable version.</param>
/// <param name="Window">The window of the sample: <c>{{ interval }}</c>.</param>
public sealed record QueryVariables(string Namespace, string Service, string Version, string Stable, TimeSpan Window);

/// <summary>
/// PromQL with variables such as <c>{{ version }}</c>. A variable stands in a string, where its value cannot end it; behind <c>=~</c> and
/// <c>!~</c> it is the text itself, not a pattern. Only <c>{{ interval }}</c> may stand outside, as the duration that it is.
/// </summary>
public static partial class QueryTemplate
{
    private const string Interval = "interval";
    private const char Code = ' ';
    private const char Comment = '#';
    private const char Raw = '`';

    /// <summary>Every variable that there is.</summary>
    public static readonly IReadOnlyList<string> Known = ["namespace", "service", "version", "stable", Interval];

    /// <summary>What is wrong with a template, or null.</summary>
    public static string? Check(string template)
    {
        var (pieces, end) = Read(template);
        foreach (var piece in pieces.Where(piece => piece.Variable is not null))
        {
            if (piece.Variable!.Length == 0)
            {
                return "A variable that begins with '{{' has no end: write e.g. {{ version }}.";
            }

            if (!Known.Contains(piece.Variable))
            {
                return $"'{piece.Variable}' is not a variable; known are {string.Join(", ", Known)}.";
            }

            if (piece.Context == Code && piece.Variable != Interval)
            {
                return $"{{{{ {piece.Variable} }}}} stands outside of a string: write e.g. label=\"{{{{ {piece.Variable} }}}}\".";
            }
        }

        return end is Code or Comment ? null : $"A string that begins with {end} has no end.";
    }

    /// <summary>The query with each variable's value in its place.</summary>
    public static string Fill(string template, QueryVariables variables) => Read(template).Pieces
        .Aggregate(new StringBuilder(), (query, piece) => query.Append(piece.Variable is null ? piece.Text : Place(Value(piece.Variable, variables), piece)))
        .ToString();

    /// <summary>A window as PromQL writes it, in whole seconds.</summary>
    public static string Range(TimeSpan window) => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(window.TotalSeconds)}s");

    /// <summary>A text within quotes, by the rules that PromQL shares with Go.</summary>
    public static string Escape(string text) =>
        text.Aggregate(new StringBuilder(text.Length), (escaped, c) => c switch
        {
            '\\' or '"' => escaped.Append('\\').Append(c),
            '\n' => escaped.Append("\\n"),
            < ' ' or '\x7f' or '\'' => escaped.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
            _ => escaped.Append(c),
        }).ToString();

    private static string Value(string variable, QueryVariables variables) => variable switch
    {
        "namespace" => variables.Namespace,
        "service" => variables.Service,
        "version" => variables.Version,
        "stable" => variables.Stable,
        _ => Range(variables.Window),
    };

    private static string Place(string value, Piece piece)
    {
        var text = piece.IsPattern ? PatternCharacter().Replace(value, @"\$0") : value;
        return piece.Context switch
        {
            Code or Comment => text,

            // Nothing can be escaped here, and no name or label value has such a character.
            Raw => text.Replace("`", "", StringComparison.Ordinal),
            _ => Escape(text),
        };
    }

    /// <summary>Cuts a template into texts and variables, each with what it stands in: code, a comment, or a string by its quote. Also tells where it ends.</summary>
    private static (List<Piece> Pieces, char End) Read(string template)
    {
        List<Piece> pieces = [];
        var (context, isPattern, from) = (Code, false, 0);
        for (var at = 0; at < template.Length; at++)
        {
            var c = template[at];
            if (c == '{' && at + 1 < template.Length && template[at + 1] == '{')
            {
                var end = template.IndexOf("}}", at, StringComparison.Ordinal);
                pieces.Add(new(template[from..at], null, context, isPattern));
                pieces.Add(new("", end < 0 ? "" : template[(at + 2)..end].Trim(), context, isPattern));
                from = end < 0 ? template.Length : end + 2;
                at = from - 1;
            }
            else if (context == Comment)
            {
                context = c == '\n' ? Code : Comment;
            }
            else if (context == Code)
            {
                (context, isPattern) = c is '"' or '\'' or Raw ? (c, Matcher().IsMatch(template[..at])) : c == Comment ? (Comment, false) : (Code, false);
            }
            else if (c == '\\' && context != Raw)
            {
                at++;
            }
            else if (c == context)
            {
                (context, isPattern) = (Code, false);
            }
        }

        pieces.Add(new(template[Math.Min(from, template.Length)..], null, context, isPattern));
        return (pieces, context);
    }

    [GeneratedRegex(@"[=!]~\s*\z", RegexOptions.CultureInvariant | RegexOptions.RightToLeft)]
    private static partial Regex Matcher();

    [GeneratedRegex(@"[\\.+*?()|\[\]{}^$]", RegexOptions.CultureInvariant)]
    private static partial Regex PatternCharacter();

    private sealed record Piece(string Text, string? Variable, char Context, bool IsPattern);
}
