using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;

namespace Orchestrator.Host.Hosting;

/// <summary>The name by which callers reach a proxy that stands before the host (<c>httpSettings.useForwardedHost</c> of host.json).</summary>
internal static class ForwardedNames
{
    /// <summary>Takes host and scheme of a request from <c>X-Forwarded-Host</c> and <c>X-Forwarded-Proto</c>, whoever sent them.</summary>
    public static IApplicationBuilder UseForwardedNames(this IApplicationBuilder app)
    {
        var names = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedProto };

        // Whoever turns the setting on says that a proxy stands before the host, wherever that is.
        names.KnownIPNetworks.Clear();
        names.KnownProxies.Clear();
        return app.UseForwardedHeaders(names);
    }
}
