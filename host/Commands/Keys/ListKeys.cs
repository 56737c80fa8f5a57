using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Host.Hosting.Keys;
using Orchestrator.Host.Output;
using Spectre.Console;

namespace Orchestrator.Host.Commands.Keys;

/// <summary><c>orc keys list</c></summary>
internal sealed class ListKeys : KeyCommand
{
    public ListKeys()
        : base("list", "List the keys by name; their values cannot be had back")
    {
    }

    protected override void Run(KeyCall call)
    {
        var keys = KeyRingFile.Load(call.Data).Pruned(KeyCall.Now).Keys;
        if (call.Json)
        {
            call.Terminal.WriteJson(new JsonArray([.. keys.Select(key => new JsonObject
            {
                ["scope"] = key.Scope,
                ["name"] = key.Name,
                ["identity"] = key.Identity,
                ["madeAt"] = key.MadeAt,
                ["until"] = key.Until,
            })]));
            return;
        }

        var table = new Table().SimpleBorder().AddColumns("scope", "name", "identity", "made", "opens until");
        if (MasterKey.Find(call.Data) is not null)
        {
            table.AddRow("master", KeyRing.Master, $"key:{KeyRing.Master}", "", Words.Text($"see {MasterKey.PathIn(call.Data)}"));
        }

        foreach (var key in keys)
        {
            var until = key.Until is { } end ? Time(end) : "";
            table.AddRow(Words.Text(key.Scope), Words.Text(key.Name), Words.Text(key.Identity), Time(key.MadeAt), until);
        }

        call.Terminal.Write(table);
    }

    private static string Time(DateTime time) => time.ToString("u", CultureInfo.InvariantCulture);
}
