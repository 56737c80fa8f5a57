using Microsoft.Azure.Functions.Worker.Converters;

namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>
/// The parameter is the JSON body of the request. The Azure Functions host answers malformed JSON with 500 and lets unknown members
/// pass: read the body yourself where that matters.
/// </summary>
public class FromBodyAttribute : InputConverterAttribute
{
    /// <summary>Makes the attribute.</summary>
    public FromBodyAttribute()
        : base(typeof(BodyConverter))
    {
    }

    // Hosts recognise the attribute; the type only names what they do.
    private static class BodyConverter;
}
