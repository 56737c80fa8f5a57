using CsCheck;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Domain.Tests.Canaries;

public sealed class QueryTemplateTests
{
    private static readonly QueryVariables Variables = new("foo", "hello", "v0-0-2", "v0.0.1", TimeSpan.FromSeconds(90));

    [Theory]
    [InlineData("""sum(rate(errors{ns="{{ namespace }}",svc='{{service}}',v="{{ version }}"}[{{ interval }}]))""", """sum(rate(errors{ns="foo",svc='hello',v="v0-0-2"}[90s]))""")]
    [InlineData("""x{v=~"{{ stable }}.*"}""", """x{v=~"v0\\.0\\.1.*"}""")]
    [InlineData("x{v!~`{{ stable }}`}", @"x{v!~`v0\.0\.1`}")]
    [InlineData("""x{v="{{ stable }}"} / y{v=~"a"}""", """x{v="v0.0.1"} / y{v=~"a"}""")]
    [InlineData("x # \" of {{ version }}\n + y", "x # \" of v0-0-2\n + y")]
    [InlineData("""x{v="a\"{{ version }}"}""", """x{v="a\"v0-0-2"}""")]
    [InlineData("up", "up")]
    public void A_variable_stands_for_its_value_where_it_is(string template, string query)
    {
        Assert.Null(QueryTemplate.Check(template));
        Assert.Equal(query, QueryTemplate.Fill(template, Variables));
    }

    [Theory]
    [InlineData("x{v=\"{{ pod }}\"}", "'pod' is not a variable; known are namespace, service, version, stable, interval.")]
    [InlineData("{{ version }}", "{{ version }} stands outside of a string: write e.g. label=\"{{ version }}\".")]
    [InlineData("x{v=\"{{ version\"}", "A variable that begins with '{{' has no end: write e.g. {{ version }}.")]
    [InlineData("x{v=\"a}", "A string that begins with \" has no end.")]
    public void What_is_wrong_is_told(string template, string problem) => Assert.Equal(problem, QueryTemplate.Check(template));

    [Fact]
    public void No_value_leaves_its_string()
    {
        var quote = Gen.OneOf(new[] { "\"", "'", "`" }.Select(text => Gen.Const(text)).ToArray());
        var matcher = Gen.OneOf(new[] { "=", "=~", "!~", "!=" }.Select(text => Gen.Const(text)).ToArray());
        Gen.Select(quote, matcher, Gen.String[Gen.Char[(char)0, (char)0x300], 0, 20]).Sample((q, m, value) =>
        {
            var filled = QueryTemplate.Fill($"x{{v{m}{q}{{{{ version }}}}{q}}} + rest", Variables with { Version = value });
            var inside = filled[$"x{{v{m}{q}".Length..^$"{q}}} + rest".Length];
            return filled.EndsWith($"{q}}} + rest", StringComparison.Ordinal) && IsInside(inside, q[0]);
        });

        static bool IsInside(string text, char quote)
        {
            for (var at = 0; at < text.Length; at++)
            {
                if (text[at] == '\\' && quote != '`')
                {
                    at++;
                }
                else if (text[at] == quote || (quote != '`' && text[at] == '\n'))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
