using System.Text.Json.Nodes;
using Microsoft.Win32;

namespace Firebreak.Lab.Machines.Tests;

public sealed class RegistryTests
{
    private readonly RegistryTree _registry = new(new Lock(), is64Bit: true);

    [Fact]
    public void A_32_bit_view_of_SOFTWARE_is_another_key()
    {
        _registry.SetValue(@"HKLM\SOFTWARE\Vendor", "v", RegistryValue.Sz("32"), RegistryView.Registry32);

        Assert.False(_registry.KeyExists(@"HKLM\SOFTWARE\Vendor"));
        Assert.Equal("32", _registry.GetValue(@"HKLM\SOFTWARE\WOW6432Node\Vendor", "v")?.Data);
        Assert.Equal("32", _registry.GetValue(@"HKEY_LOCAL_MACHINE\Software\vendor", "V", RegistryView.Registry32)?.Data);
    }

    [Theory]
    [InlineData(@"HKLM\SOFTWARE\Policies\X")]
    [InlineData(@"HKLM\SOFTWARE\Microsoft\OLE")]
    [InlineData(@"HKLM\SYSTEM\CurrentControlSet\Services\X")]
    public void Shared_keys_are_the_same_in_both_views(string key)
    {
        _registry.SetValue(key, "v", RegistryValue.Dword(1), RegistryView.Registry32);

        Assert.Equal(1, _registry.GetValue(key, "v", RegistryView.Registry64)?.Data);
    }

    [Fact]
    public void A_32_bit_system_has_one_view()
    {
        RegistryTree registry = new(new Lock(), is64Bit: false);
        registry.SetValue(@"HKLM\SOFTWARE\Vendor", "v", RegistryValue.Sz("x"), RegistryView.Registry32);

        Assert.True(registry.KeyExists(@"HKLM\SOFTWARE\Vendor"));
    }

    [Fact]
    public void Changes_are_told_with_their_canonical_key()
    {
        List<RegistryChange> changes = [];
        _registry.Changed += changes.Add;

        _registry.SetValue(@"HKLM:\SOFTWARE\A", "n", RegistryValue.Dword(0xFFFFFFFF));
        _registry.DeleteValue(@"HKLM\SOFTWARE\A", "n");
        _registry.DeleteValue(@"HKLM\SOFTWARE\A", "n");
        _registry.DeleteKey(@"HKLM\SOFTWARE\A");

        Assert.Equal(["set-value", "delete-value", "delete-key"], changes.Select(c => c.Op));
        Assert.All(changes, c => Assert.Equal(@"HKLM\SOFTWARE\A", c.Key));
    }

    [Fact]
    public void Values_keep_their_type()
    {
        Assert.Throws<ArgumentException>(() => new RegistryValue(RegistryValueKind.DWord, "5"));
        Assert.Equal(-1, RegistryValue.Dword(0xFFFFFFFF).Data);
        Assert.Equal(RegistryValue.Multi("a", "b"), RegistryValue.Multi("a", "b"));
        Assert.NotEqual(RegistryValue.Multi("a", "b"), RegistryValue.Multi("a", "c"));
    }

    [Fact]
    public void Export_is_the_same_whatever_the_order_of_writing()
    {
        RegistryTree other = new(new Lock(), true);
        foreach (string name in new[] { "a", "b" })
        {
            _registry.SetValue(@"HKLM\SOFTWARE\X", name, RegistryValue.Sz(name));
        }

        foreach (string name in new[] { "b", "a" })
        {
            other.SetValue(@"HKLM\SOFTWARE\X", name, RegistryValue.Sz(name));
        }

        Assert.True(JsonNode.DeepEquals(_registry.Export(@"HKLM\SOFTWARE\X"), other.Export(@"HKLM\SOFTWARE\X")));
        Assert.Equal(_registry.Export(@"HKLM\SOFTWARE\X")!.ToJsonString(), other.Export(@"HKLM\SOFTWARE\X")!.ToJsonString());
        Assert.Null(_registry.Export(@"HKLM\SOFTWARE\None"));
    }

    [Fact]
    public void The_system_tells_what_it_is()
    {
        using TestMachine test = new();
        const string version = @"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion";

        Assert.Equal("18362", test.Registry(version, "CurrentBuildNumber"));
        Assert.Equal("6.3", test.Registry(version, "CurrentVersion"));
        Assert.Equal(719, test.Registry(version, "UBR"));
        Assert.Equal("WinNT", test.Registry(@"HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions", "ProductType"));
        Assert.Equal("hello", test.Registry(@"HKLM\SOFTWARE\Lab", "Text"));
        Assert.Equal("d", test.Registry(@"HKLM\SOFTWARE\Lab", ""));
        Assert.Empty(test.Machine.History.Entries);
    }

    [Theory]
    [InlineData(0, "query", @"HKLM\SOFTWARE\Lab", "/v", "Text")]
    [InlineData(1, "query", @"HKLM\SOFTWARE\Lab", "/v", "Nothing")]
    [InlineData(1, "query", @"HKLM\SOFTWARE\Nothing")]
    [InlineData(1, "query", @"HKXX\SOFTWARE")]
    [InlineData(1, "query", @"HKLM\SOFTWARE\Lab", "/zzz")]
    [InlineData(0, "query", @"HKLM\SOFTWARE", "/s")]
    [InlineData(0, "add", @"HKLM\SOFTWARE\New", "/v", "x", "/t", "REG_DWORD", "/d", "0x10", "/f")]
    [InlineData(1, "add", @"HKLM\SOFTWARE\New", "/v", "x", "/t", "REG_DWORD", "/d", "abc", "/f")]
    [InlineData(0, "delete", @"HKLM\SOFTWARE\Lab", "/v", "Text", "/f")]
    [InlineData(1, "delete", @"HKLM\SOFTWARE\Lab", "/v", "Nothing", "/f")]
    [InlineData(0, "delete", @"HKLM\SOFTWARE\Lab", "/f")]
    [InlineData(LabRefusalException.ExitCode, "delete", @"HKLM\SOFTWARE\Lab")]
    [InlineData(LabRefusalException.ExitCode, "export", @"HKLM\SOFTWARE\Lab", "x.reg")]
    public void Reg_ends_with_the_real_exit_code(int exitCode, params string[] arguments)
    {
        using TestMachine test = new();

        Assert.Equal(exitCode, test.Run("reg", arguments).ExitCode);
    }

    [Fact]
    public void Reg_writes_the_view_it_is_told()
    {
        using TestMachine test = new();
        test.Run("reg", "add", @"HKLM\SOFTWARE\V", "/v", "n", "/t", "REG_DWORD", "/d", "16", "/reg:32", "/f");

        Assert.Equal(16, test.Registry(@"HKLM\SOFTWARE\WOW6432Node\V", "n"));
        Assert.Contains("0x10", test.Run("reg", "query", @"HKLM\SOFTWARE\V", "/v", "n", "/reg:32").Output, StringComparison.Ordinal);
        Assert.Equal(1, test.Count("registry", "op", "set-value"));
    }
}
