using System.Globalization;

namespace Orchestrator.Domain.Requests;

/// <summary>Quantities of Kubernetes resources: a number and a unit, e.g. <c>500m</c>, <c>4</c>, <c>16Gi</c>.</summary>
public static class Quantities
{
    private const int MaxLength = 20;

    private static readonly string[] Units = ["", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

    /// <summary>What is wrong with a quantity, or null.</summary>
    public static string? Check(string quantity)
    {
        var number = quantity.TrimEnd([.. string.Concat(Units)]);
        return quantity.Length <= MaxLength
            && Units.Contains(quantity[number.Length..], StringComparer.Ordinal)
            && number.Length > 0 && char.IsAsciiDigit(number[^1])
            && decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _)
                ? null
                : "Expected a quantity that is not negative, e.g. 500m, 4 or 16Gi.";
    }
}
